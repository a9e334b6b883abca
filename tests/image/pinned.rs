//! Digests that must never change: who seeds the same description with another version gets the same images.

use registrette::{content::Sha2, image::Broken};
use serde_json::json;

use crate::{
    images::{about_one_file, index, one_file, rich},
    puller::seeded,
};

#[test]
fn digests_are_for_ever() {
    let built = [
        ("one file", one_file().build(&Sha2).unwrap()),
        ("rich", rich().build(&Sha2).unwrap()),
        ("index", index().build(&Sha2).unwrap()),
        ("artifact", about_one_file()),
    ];
    let digests: Vec<_> = built
        .into_iter()
        .map(|(name, built)| format!("{name} {}", built.top.digest))
        .collect();
    assert_eq!(
        digests,
        [
            "one file sha256:8d8ad0a294a41a65a48eb605f0cf78dc2e65e3696000753a3591c6f76e720cb8",
            "rich sha256:f503c219de7062f332fb09baced379db06c91a25b118cf569d3ef236781bb772",
            "index sha256:694dc83d66b1e16bdde3104d4bb2e9b3597fe6a4d4007b7550bbdebed09cd242",
            "artifact sha256:fcd6d51c18dd0ff27691f73d786ba8bdea0c3926251b08c44c0fc70373bd0ef3",
        ]
    );
}

#[test]
fn broken_ones_too() {
    let digests: Vec<_> = Broken::ALL
        .into_iter()
        .map(|(name, broken)| {
            let mut image = one_file();
            image.broken = Some(broken);
            format!("{name} {}", image.build(&Sha2).unwrap().top.digest)
        })
        .collect();
    assert_eq!(
        digests,
        [
            "layer-bytes sha256:5cb3be883bd01fa069c05e9c3ab974f4d83ef26dc0b868903726d72f0ebd4b12",
            "layer-digest sha256:84dbeaa0bd4401eb5e14a79b2591c214e9599f49874e5e3ae15ddef92d730fb9",
            "missing-layer sha256:5afa1bf215428c5e6bd980cf52bba2dba3b86fd90ea63ab8541e961b08fccf82",
            "missing-config sha256:c9f04a68fcecb9a396a79065fb2e5857ff8567313783d20c7f3f6a721ac71101",
            "empty sha256:87b6bf065170c6bc29c430ba3e661292a31dd43ff70b3fd71f493de68943f698",
        ]
    );
}

#[test]
fn the_order_of_members_does_not_count() {
    let one = r#"{ "author": "a", "config": { "Env": [], "Cmd": ["x"] } }"#;
    let other = r#"{ "config": { "Cmd": ["x"], "Env": [] }, "author": "a" }"#;
    let digest = |config: &str| {
        let config: serde_json::Value = serde_json::from_str(config).unwrap();
        let (_, made) = seeded(&json!({ "ref": "a", "image": { "config": config } }));
        made[0].digest.clone()
    };
    assert_eq!(digest(one), digest(other));
}
