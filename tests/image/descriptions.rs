//! Seeds in JSON: what is read, and what is said of what cannot be.

use bytes::Bytes;
use registrette::image::{Broken, Place, Seed};

#[track_caller]
fn read(text: &str) -> Vec<Seed> {
    Seed::read(text.as_bytes(), &[]).unwrap()
}

#[test]
fn an_image_with_everything() {
    let text = r#"{ "ref": "demo/app:v1", "image": {
        "platform": "linux/arm64/v8", "files": { "a": "é", "b": { "base64": "AAEC" }, "c": { "part": 1 } },
        "layers": [{ "part": 0 }, "text"], "config": { "author": "a" }, "docker": true,
        "annotations": { "k": "v" }, "broken": "layer-bytes" } }"#;
    let parts = ["zero", "one"].map(|part| Bytes::from(part).into());
    let seeds = Seed::read(text.as_bytes(), &parts).unwrap();
    let [Seed::Image { place, image }] = &seeds[..] else {
        panic!("{seeds:?}")
    };
    assert_eq!(place.to_string(), "demo/app:v1");
    assert_eq!(image.platform.to_string(), "linux/arm64/v8");
    let files: Vec<_> = image.files.values().map(|file| file.bytes()).collect();
    assert_eq!(files, ["é".as_bytes(), &[0, 1, 2], b"one"]);
    let layers: Vec<_> = image.layers.iter().map(|layer| layer.bytes()).collect();
    assert_eq!(layers, ["zero", "text"]);
    assert_eq!(image.config["author"], "a");
    assert_eq!(
        (image.docker, image.broken),
        (true, Some(Broken::LayerBytes))
    );
    assert_eq!(image.annotations["k"], "v");
}

#[test]
fn what_is_null_is_left_out() {
    let null = r#"{ "ref": "a", "blob": null, "image": { "files": null, "broken": null } }"#;
    let bare = r#"{ "ref": "a", "image": {} }"#;
    assert_eq!(format!("{:?}", read(null)), format!("{:?}", read(bare)));
}

#[test]
fn each_kind_of_seed() {
    let text = r#"[
        { "index": { "ref": "a", "images": [{}, { "platform": "linux/s390x" }], "docker": true } },
        { "artifact": { "subject": "a:latest", "artifactType": "a/b", "blobs": [
            "x", { "base64": "eA==" },
            { "bytes": "x", "mediaType": "text/plain", "annotations": { "org.opencontainers.image.title": "x.txt" } }
        ] } },
        { "blob": { "repository": "b", "bytes": "x" } },
        { "manifest": { "ref": "c:1", "mediaType": "a/b", "json": { "z": 1, "a": { "c": [], "b": null } } } },
        { "manifest": { "ref": "c:1", "bytes": "{ }" } }
    ]"#;
    let seeds = read(text);
    let [
        Seed::Index { index, .. },
        Seed::Artifact {
            place,
            subject,
            artifact,
        },
        Seed::Blob {
            repository,
            digest: None,
            content,
        },
        Seed::Manifest {
            media_type, bytes, ..
        },
        Seed::Manifest {
            media_type: None,
            bytes: verbatim,
            ..
        },
    ] = &seeds[..]
    else {
        panic!("{seeds:?}")
    };
    assert_eq!((index.images.len(), index.docker), (2, true));
    assert_eq!(*place, Place::untagged(place.repository.clone()));
    assert_eq!(subject.as_ref().unwrap().to_string(), "latest");
    let blob = &artifact.blobs[2];
    assert_eq!(blob.media_type.as_deref(), Some("text/plain"));
    assert_eq!(blob.annotations["org.opencontainers.image.title"], "x.txt");
    assert!(
        artifact
            .blobs
            .iter()
            .all(|blob| blob.content.bytes() == "x")
    );
    assert_eq!(
        (repository.as_str(), content.bytes()),
        ("b", Bytes::from("x"))
    );
    assert_eq!(media_type.as_ref().unwrap().as_str(), "a/b");
    assert_eq!(bytes, r#"{"a":{"b":null,"c":[]},"z":1}"#);
    assert_eq!(verbatim, "{ }");
}

#[test]
fn where_a_seed_goes() {
    let digest = format!("sha256:{}", "0".repeat(64));
    for (text, shown) in [
        ("a", "a:latest".to_owned()),
        ("a/b:1", "a/b:1".to_owned()),
        (&format!("a@{digest}"), format!("a@{digest}")),
        (&format!("a:1@{digest}"), format!("a:1@{digest}")),
    ] {
        assert_eq!(text.parse::<Place>().unwrap().to_string(), shown);
    }
    for (text, reason) in [
        ("", "a component is empty"),
        ("A:1", "only a-z"),
        ("a:", "a tag has at least one character"),
        ("a:-1", "a tag starts with"),
        ("a@sha256:1", "sha256 has 64 hex digits"),
        ("localhost:5000/a", "named without its host"),
        (&digest, "a digest names no repository"),
    ] {
        let fault = text.parse::<Place>().unwrap_err().to_string();
        assert!(fault.contains(reason), "{fault}");
        assert!(
            fault.contains("expected one such as \"demo/app:v1\""),
            "{fault}"
        );
    }
}

/// What is wrong, and the start of what is said of it.
const FAULTS: &[(&str, &str)] = &[
    ("", "this is no JSON: "),
    ("{", "this is no JSON: "),
    ("7", "expected an object, got 7"),
    ("[null]", "[0]: expected an object, got null"),
    (
        "{}",
        "a seed has exactly one of image, index, artifact, blob, manifest",
    ),
    (
        r#"{ "image": {}, "index": {} }"#,
        "a seed has exactly one of image, index, artifact, blob, manifest",
    ),
    (
        r#"{ "imgae": {} }"#,
        r#"imgae: there is no such member; did you mean "image"?"#,
    ),
    (
        r#"{ "layout": {} }"#,
        "layout: there is no such member; there are ref, image, index, artifact, blob, manifest",
    ),
    (r#"{ "image": {} }"#, r#""ref" is missing"#),
    (
        r#"{ "index": { "images": [] } }"#,
        r#"index: "ref" is missing"#,
    ),
    (
        r#"{ "ref": "a", "index": { "images": [] } }"#,
        r#""ref" stands beside "image", and inside all others"#,
    ),
    (
        r#"{ "index": { "ref": "a" } }"#,
        r#"index: "images" is missing"#,
    ),
    (
        r#"{ "ref": 1, "image": {} }"#,
        "ref: expected a string, got 1",
    ),
    (
        r#"{ "ref": "A", "image": {} }"#,
        r#"ref: "A" is no reference: only a-z"#,
    ),
    (
        r#"{ "ref": "a", "image": [] }"#,
        "image: expected an object, got []",
    ),
    (
        r#"{ "ref": "a", "image": { "file": {} } }"#,
        r#"image.file: there is no such member; did you mean "files"?"#,
    ),
    (
        r#"{ "ref": "a", "image": { "files": ["a"] } }"#,
        r#"image.files: expected an object, got ["a"]"#,
    ),
    (
        r#"{ "ref": "a", "image": { "files": { "a.b": 1 } } }"#,
        r#"image.files["a.b"]: expected a string, or an object with "base64""#,
    ),
    (
        r#"{ "ref": "a", "image": { "files": { "a": { "base46": "" } } } }"#,
        r#"image.files["a"].base46: there is no such member; did you mean "base64"?"#,
    ),
    (
        r#"{ "ref": "a", "image": { "files": { "a": { "base64": "?" } } } }"#,
        r#"image.files["a"].base64: this is no base64 (RFC 4648, with its padding)"#,
    ),
    (
        r#"{ "ref": "a", "image": { "files": { "a": {} } } }"#,
        r#"image.files["a"]: expected one member, "base64""#,
    ),
    (
        r#"{ "ref": "a", "image": { "layers": [{ "part": 0 }] } }"#,
        "image.layers[0].part: there is no part 0",
    ),
    (
        r#"{ "ref": "a", "image": { "layers": [{ "part": -1 }] } }"#,
        "image.layers[0].part: there is no part -1",
    ),
    (
        r#"{ "ref": "a", "image": { "config": "x" } }"#,
        r#"image.config: expected an object, got "x""#,
    ),
    (
        r#"{ "ref": "a", "image": { "docker": 1 } }"#,
        "image.docker: expected true or false, got 1",
    ),
    (
        r#"{ "ref": "a", "image": { "annotations": { "k": 1 } } }"#,
        r#"image.annotations["k"]: expected a string, got 1"#,
    ),
    (
        r#"{ "ref": "a", "image": { "platform": "linux" } }"#,
        r#"image.platform: "linux" is no platform; expected one such as "linux/amd64""#,
    ),
    (
        r#"{ "ref": "a", "image": { "platform": "linux//v8" } }"#,
        "image.platform: ",
    ),
    (
        r#"{ "ref": "a", "image": { "platform": "a/b/c/d" } }"#,
        "image.platform: ",
    ),
    (
        r#"{ "ref": "a", "image": { "broken": "layer-byte" } }"#,
        r#"image.broken: "layer-byte" is no way to break an image; did you mean "layer-bytes"?"#,
    ),
    (
        r#"{ "ref": "a", "image": { "broken": "x" } }"#,
        r#"image.broken: "x" is no way to break an image; there are layer-bytes, layer-digest, missing-layer, missing-config, empty"#,
    ),
    (
        r#"[{ "ref": "a", "image": {} }, { "index": { "ref": "a", "images": [{}, { "x": 1 }] } }]"#,
        "[1].index.images[1].x: there is no such member; there are platform, files",
    ),
    (
        r#"{ "artifact": { "artifactType": "a/b" } }"#,
        r#"artifact: "ref" or "subject" is missing: it says where this goes"#,
    ),
    (
        r#"{ "artifact": { "ref": "a" } }"#,
        r#"artifact: "artifactType" is missing"#,
    ),
    (
        r#"{ "artifact": { "ref": "a", "subject": "b", "artifactType": "a/b" } }"#,
        "artifact: its subject is in b, and referrers are listed in the subject's own repository",
    ),
    (
        r#"{ "artifact": { "ref": "a", "artifactType": "a/b", "blobs": [{ "mediaType": "a/b" }] } }"#,
        r#"artifact.blobs[0]: "bytes" is missing"#,
    ),
    (
        r#"{ "blob": { "bytes": "" } }"#,
        r#"blob: "repository" is missing"#,
    ),
    (
        r#"{ "blob": { "repository": "A", "bytes": "" } }"#,
        "blob.repository: invalid repository name",
    ),
    (
        r#"{ "blob": { "repository": "a" } }"#,
        r#"blob: "bytes" is missing"#,
    ),
    (
        r#"{ "manifest": { "ref": "a" } }"#,
        r#"manifest: a manifest has either "bytes" or "json""#,
    ),
    (
        r#"{ "manifest": { "ref": "a", "bytes": "", "json": {} } }"#,
        r#"manifest: a manifest has either "bytes" or "json""#,
    ),
    (
        r#"{ "manifest": { "ref": "a", "mediaType": "é", "bytes": "" } }"#,
        r#"manifest.mediaType: "é" is no media type"#,
    ),
];

#[test]
fn what_is_wrong_is_named() {
    for (text, wanted) in FAULTS {
        let fault = Seed::read(text.as_bytes(), &[]).unwrap_err().to_string();
        assert!(
            fault.starts_with(wanted),
            "{text}\n  said   {fault}\n  wanted {wanted}"
        );
    }
}
