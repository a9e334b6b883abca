//! The catalogue, character for character.

use registrette::archive::{Stored, json, print};

use crate::world::{layout, open, registry, tree};

const WANTED: &str = "\
demo/multi:v1 application/vnd.oci.image.index.v1+json
  index -> sha256:adde0353faf7c1a0a6a852b7acc638568a8c5762b0cd795f95ce893a5d587df5
  linux/amd64 -> sha256:50a1eb2c3d30b86ea55945a57ac18d386205839e62e4024689b70fb0c9fc187d
  linux/arm64 -> sha256:aadb82e92f48def499291f948c41965b44637ae97c57074dd2e2f42a45849468
demo/single:v1 application/vnd.oci.image.manifest.v1+json
  single platform image -> sha256:53a63050941398c63ca2ceabd7927b5144ba527dc0b37f38cde04ba85778c9a5
demo/single:v2 application/vnd.oci.image.manifest.v1+json
  single platform image -> sha256:a5e282defb6cedb122181be15992e7d3a114852008837e81848a8a13f200e386
list:v1 application/vnd.docker.distribution.manifest.list.v2+json
  index -> sha256:d14e268a4ba6cfd10fcc9c96ece9f3b4070d78352be82109ef31891ece56ab80
  linux/amd64 -> sha256:5408b1a7fa71538d6d347f07dfd9f685a02d520bc87b8eab5877d7ae89406663
  windows/amd64 -> sha256:deef94ff6298e39d1459f0a6c162cf534565a9d32d076957dfb28b9933eace96
";

#[test]
fn it_is_printed_the_same_from_everywhere() {
    let registry = registry();
    assert_eq!(print(&Stored::new(registry.store())).unwrap(), WANTED);
    assert_eq!(print(&open(layout(&registry)).unwrap()).unwrap(), WANTED);
    assert_eq!(print(&open(tree(&registry)).unwrap()).unwrap(), WANTED);
}

#[test]
fn as_json_it_has_the_same_digests() {
    let json = json(&open(layout(&registry())).unwrap()).unwrap();
    let digest = |at: &str| json.pointer(at).unwrap().as_str().unwrap().to_owned();
    let digests = [
        "/0/digest",
        "/0/manifests/0/digest",
        "/0/manifests/1/digest",
        "/1/digest",
        "/2/digest",
        "/3/digest",
        "/3/manifests/0/digest",
        "/3/manifests/1/digest",
    ];
    let printed: Vec<&str> = WANTED
        .lines()
        .filter_map(|line| Some(line.split_once("-> ")?.1))
        .collect();
    assert_eq!(digests.map(digest).to_vec(), printed);
    assert_eq!(digest("/0/manifests/1/platform"), "linux/arm64");
    assert_eq!(
        (digest("/1/repository"), digest("/1/tag")),
        ("demo/single".to_owned(), "v1".to_owned())
    );
}
