//! What is built, before any registry has it.

use bytes::Bytes;
use registrette::{
    content::Sha2,
    image::{Artifact, ArtifactBlob, Built, Image, Index},
};
use serde_json::{Value, json};

use crate::puller::sha256;

pub(crate) fn one_file() -> Image {
    Image::default().file("hi.txt", "hi")
}

/// An image with everything that an image can have.
pub(crate) fn rich() -> Image {
    let config = json!({ "author": "somebody", "config": { "Env": ["A=1"], "Cmd": ["/hi"] } });
    Image {
        platform: "linux/arm64/v8".parse().unwrap(),
        layers: vec![Bytes::from_static(&[0; 1024]).into()],
        config: config.as_object().unwrap().clone(),
        annotations: [("a.b".to_owned(), "c".to_owned())].into(),
        ..Image::default()
    }
    .file("etc/hi.txt", "hi")
    .file("n".repeat(200), "long")
}

pub(crate) fn index() -> Index {
    let docker = |platform: &str| Image {
        platform: platform.parse().unwrap(),
        docker: true,
        ..one_file()
    };
    Index {
        images: vec![docker("linux/amd64"), docker("linux/arm64/v8")],
        ..Index::default()
    }
}

pub(crate) fn artifact() -> Artifact {
    Artifact {
        artifact_type: "application/vnd.example.sbom".to_owned(),
        blobs: vec![ArtifactBlob::new("one"), ArtifactBlob::new("two")],
        annotations: [("a.b".to_owned(), "c".to_owned())].into(),
    }
}

/// The artifact, about the image of one file.
pub(crate) fn about_one_file() -> Built {
    let subject = one_file().build(&Sha2).unwrap().top;
    artifact().build(Some(&subject), &Sha2).unwrap()
}

/// The last manifest as text, its digests left out.
fn text(built: &Built) -> String {
    let bytes = built.manifests.last().unwrap().bytes.clone();
    let mut text = String::from_utf8(bytes.to_vec()).unwrap();
    while let Some(at) = text.find("sha256:") {
        text.replace_range(at..at + 71, "…");
    }
    text
}

fn config(built: &Built) -> String {
    let is_config = |media_type: &str| media_type.ends_with("+json");
    let mut configs = built
        .blobs
        .iter()
        .filter(|blob| is_config(&blob.media_type));
    String::from_utf8(configs.next().unwrap().content.bytes().to_vec()).unwrap()
}

#[test]
fn a_manifest_is_written_in_the_order_of_the_spec() {
    let built = rich().build(&Sha2).unwrap();
    assert_eq!(
        text(&built),
        concat!(
            r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","#,
            r#""config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"…","size":468},"#,
            r#""layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"…","size":1024},"#,
            r#"{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"…","size":4608}],"#,
            r#""annotations":{"a.b":"c"}}"#
        )
    );
    let layer = |place: usize| sha256(&built.blobs[place].content.bytes());
    assert_eq!(
        config(&built),
        format!(
            concat!(
                r#"{{"architecture":"arm64","author":"somebody","config":{{"Cmd":["/hi"],"Env":["A=1"]}},"#,
                r#""created":"1970-01-01T00:00:00Z","history":["#,
                r#"{{"created":"1970-01-01T00:00:00Z","created_by":"registrette"}},"#,
                r#"{{"created":"1970-01-01T00:00:00Z","created_by":"registrette"}}],"os":"linux","#,
                r#""rootfs":{{"diff_ids":["{}","{}"],"type":"layers"}},"variant":"v8"}}"#
            ),
            layer(0),
            layer(1)
        )
    );
}

#[test]
fn an_image_of_nothing_has_an_archive_of_nothing() {
    let built = Image::default().build(&Sha2).unwrap();
    assert_eq!(built.blobs[0].content.bytes(), [0; 1024][..]);
    assert_eq!(built.blobs.len(), 2);
}

#[test]
fn a_member_of_the_config_stands_in_place_of_the_made_one() {
    let rootfs = json!({ "rootfs": { "type": "layers" }, "architecture": "riscv64" });
    let image = Image {
        config: rootfs.as_object().unwrap().clone(),
        ..one_file()
    };
    let config: Value = serde_json::from_str(&config(&image.build(&Sha2).unwrap())).unwrap();
    assert_eq!(config["rootfs"], rootfs["rootfs"]);
    assert_eq!(config["architecture"], "riscv64");
    assert_eq!(config["os"], "linux");
}

#[test]
fn docker_has_its_own_types() {
    let built = index().build(&Sha2).unwrap();
    let list = "application/vnd.docker.distribution.manifest.list.v2+json";
    assert_eq!(built.top.media_type, list);
    let children: Value = serde_json::from_slice(&built.manifests[2].bytes).unwrap();
    let arm = &children["manifests"][1];
    assert_eq!(
        arm["platform"],
        json!({ "architecture": "arm64", "os": "linux", "variant": "v8" })
    );
    assert_eq!(arm["digest"], built.manifests[1].digest.to_string());
    let types: Vec<_> = built
        .blobs
        .iter()
        .map(|blob| blob.media_type.as_str())
        .collect();
    let (layer, config) = (
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.container.image.v1+json",
    );
    assert_eq!(types, [layer, config, layer, config]);
}

#[test]
fn one_docker_image_does_not_make_a_list() {
    let mut index = index();
    index.images[0].docker = false;
    let built = index.clone().build(&Sha2).unwrap();
    let types: Vec<_> = built
        .manifests
        .iter()
        .map(|m| m.media_type.as_str())
        .collect();
    assert_eq!(
        types,
        [
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.oci.image.index.v1+json",
        ]
    );
    index.docker = true;
    let built = index.build(&Sha2).unwrap();
    let is_docker = |m: &&str| m.contains("docker");
    let types = built.manifests.iter().map(|m| m.media_type.as_str());
    assert_eq!(types.filter(is_docker).count(), 3);
}

#[test]
fn packed_layers_keep_their_bytes_and_get_their_type() {
    for (start, oci, docker) in [
        (&[0x1f, 0x8b, 8, 0][..], "tar+gzip", "tar.gzip"),
        (&[0x28, 0xb5, 0x2f, 0xfd, 0], "tar+zstd", "tar.zstd"),
        (&[0x1f], "tar", "tar"),
        (&[], "tar", "tar"),
    ] {
        for (is_docker, wanted) in [(false, oci), (true, docker)] {
            let image = Image {
                layers: vec![Bytes::copy_from_slice(start).into()],
                docker: is_docker,
                config: json!({ "rootfs": {} }).as_object().unwrap().clone(),
                ..Image::default()
            };
            let built = image.build(&Sha2).unwrap();
            let layer = &built.blobs[0];
            assert_eq!(layer.content.bytes(), start);
            let end = layer.media_type.rsplit_once(".tar").unwrap();
            assert_eq!(format!("tar{}", end.1), wanted);
        }
    }
}

#[test]
fn an_artifact_has_the_empty_config_and_a_subject() {
    let built = about_one_file();
    assert_eq!(
        text(&built),
        concat!(
            r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","#,
            r#""artifactType":"application/vnd.example.sbom","#,
            r#""config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"…","size":2},"#,
            r#""layers":[{"mediaType":"application/octet-stream","digest":"…","size":3},"#,
            r#"{"mediaType":"application/octet-stream","digest":"…","size":3}],"#,
            r#""subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"…","size":397},"#,
            r#""annotations":{"a.b":"c"}}"#
        )
    );
    // image-spec, "Guidance for an Empty Descriptor".
    let empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!(built.blobs[0].digest.to_string(), empty);
    let bare = Artifact {
        artifact_type: "a/b".to_owned(),
        ..Artifact::default()
    };
    let bare = bare.build(None, &Sha2).unwrap();
    let manifest: Value = serde_json::from_slice(&bare.manifests[0].bytes).unwrap();
    assert_eq!(manifest["layers"], json!([manifest["config"]]));
    assert_eq!(bare.blobs.len(), 1);
}

#[test]
fn what_cannot_be_built_says_why() {
    let fails = |image: Image| image.build(&Sha2).unwrap_err().to_string();
    let annotated = Image {
        docker: true,
        ..rich()
    };
    assert_eq!(
        fails(annotated),
        "annotations: a Docker manifest has no annotations; leave out these or docker"
    );
    let packed = Image {
        layers: vec![
            Bytes::from_static(b"x").into(),
            Bytes::from_static(&[0x1f, 0x8b]).into(),
        ],
        ..Image::default()
    };
    assert!(fails(packed).starts_with("layers[1]: it is packed, and its diff_id"));
    let nested = Index {
        images: vec![one_file(), one_file().file("..", "x")],
        ..Index::default()
    };
    let fault = nested.build(&Sha2).unwrap_err().to_string();
    assert!(
        fault.starts_with(r#"images[1].files[".."]: a path"#),
        "{fault}"
    );
    let fails = |artifact: Artifact| artifact.build(None, &Sha2).unwrap_err().to_string();
    let mut typed = artifact();
    typed.blobs[1].media_type = Some("text".to_owned());
    assert!(fails(typed).starts_with("blobs[1].mediaType: \"text\" is no media type"));
    let untyped = Artifact::default();
    assert!(fails(untyped).starts_with("artifactType: \"\" is no media type"));
}
