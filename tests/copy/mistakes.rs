//! Mistakes are told in a sentence.

use crate::{
    process::{refused, text},
    world::{IMAGES, layout},
};

#[test]
fn mistakes_say_what_to_do() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, &scratch.path().join("layout"));
    std::fs::write(scratch.path().join("file"), "no archive").unwrap();
    let at = |name: &str| text(&scratch.path().join(name)).to_owned();
    let (layout, file, new, itself) = (at("layout"), at("file"), at("new"), text(scratch.path()));
    let nowhere = at("nowhere");
    for (args, wanted) in [
        (
            &["catalog", &nowhere][..],
            "nowhere: No such file or directory",
        ),
        (
            &["catalog", &file],
            "file: header at byte 0: the archive ends after 10 of its 512 bytes",
        ),
        (
            &["catalog", itself],
            "there are no images here; expected an OCI layout",
        ),
        (
            &["copy", &layout, itself],
            "it is neither empty nor an OCI layout",
        ),
        (
            &["copy", &layout, "127.0.0.1:1/a"],
            "cannot all go into one repository; name one of them, as PATH#REPOSITORY",
        ),
        (
            &["copy", &layout, &format!("{new}#a:b")],
            "cannot all go into one repository",
        ),
        (
            &["copy", &layout, "127.0.0.1:1/a@sha256:1"],
            "badly formed digest",
        ),
        (
            &["copy", &format!("{layout}#nobody:v1"), &new],
            "nobody:v1: it is not there",
        ),
        (&["copy", "", &new], "names no path"),
        (
            &["copy", "http://", &new],
            "write it like localhost:5000/app:v1",
        ),
        (&["copy", "127.0.0.1:1/A", &new], "invalid repository name"),
        (
            &["init", &new, "--from", "./here", "a:v1"],
            "write --from like localhost:5000",
        ),
        (
            &["init", &file, "--from", "127.0.0.1:1", "a:v1"],
            "file cannot be written",
        ),
        (
            &["init", &new, "--from", "127.0.0.1:1", "A:v1"],
            "invalid repository name",
        ),
        (
            &["serve", "--load", &nowhere],
            "nowhere: No such file or directory",
        ),
        (&["serve", "--load", "A=b"], "write NAME=PATH, or a path"),
    ] {
        let told = refused(args);
        assert!(
            told.contains(wanted) && told.lines().count() == 1,
            "{args:?}\n{told}"
        );
    }
}
