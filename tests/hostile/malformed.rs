//! What no grammar allows, as a table.

use registrette::{Config, Registry};

use crate::{
    assert_alive,
    client::{Ask, sha256},
};

/// A method, a target, a header, a body, and what they get. `DIGEST` and `SESSION` stand for what is there.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    u16,
    &'static str,
);

const ROWS: &[Row] = &[
    // Names.
    ("GET", "/v2/App/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/a..b/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/a//b/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/-a/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/a___b/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/../tags/list", "", "", 400, "NAME_INVALID"),
    (
        "GET",
        "/v2/a/../b/manifests/v1",
        "",
        "",
        400,
        "NAME_INVALID",
    ),
    ("GET", "/v2/%2e%2e/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/a%00b/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/a%0d%0ab/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/%C3%A9/tags/list", "", "", 400, "NAME_INVALID"),
    (
        "PUT",
        "/v2/A/manifests/v1",
        "content-type: a/b",
        "x",
        400,
        "NAME_INVALID",
    ),
    ("POST", "/v2/A/blobs/uploads/", "", "", 400, "NAME_INVALID"),
    // Tags.
    (
        "PUT",
        "/v2/app/manifests/.v1",
        "content-type: a/b",
        "x",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/a+b",
        "content-type: a/b",
        "x",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/%20",
        "content-type: a/b",
        "x",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/DIGEST?tag=-",
        "content-type: a/b",
        "x",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/DIGEST?tag=",
        "content-type: a/b",
        "x",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "GET",
        "/v2/app/manifests/.v1",
        "",
        "",
        404,
        "MANIFEST_UNKNOWN",
    ),
    // Digests.
    (
        "GET",
        "/v2/app/blobs/sha256:",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    (
        "GET",
        "/v2/app/blobs/sha256:abc",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    (
        "GET",
        "/v2/app/blobs/nonsense",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    (
        "GET",
        "/v2/app/blobs/DIGEST0",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    (
        "GET",
        "/v2/app/blobs/md5:d41d8cd98f00b204e9800998ecf8427e",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    ("GET", "/v2/app/blobs/UPPER", "", "", 400, "DIGEST_INVALID"),
    (
        "GET",
        "/v2/app/manifests/sha256:abc",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    (
        "GET",
        "/v2/app/referrers/latest",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    (
        "GET",
        "/v2/app/referrers/UPPER",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    (
        "DELETE",
        "/v2/app/blobs/sha256:abc",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/sha256:abc",
        "content-type: a/b",
        "x",
        400,
        "DIGEST_INVALID",
    ),
    (
        "POST",
        "/v2/app/blobs/uploads/?digest=",
        "",
        "x",
        400,
        "DIGEST_INVALID",
    ),
    (
        "POST",
        "/v2/app/blobs/uploads/?digest=UPPER",
        "",
        "x",
        400,
        "DIGEST_INVALID",
    ),
    (
        "POST",
        "/v2/app/blobs/uploads/?digest=DIGEST",
        "",
        "x",
        400,
        "DIGEST_INVALID",
    ),
    (
        "POST",
        "/v2/app/blobs/uploads/?digest-algorithm=md5",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    ("PUT", "SESSION", "", "", 400, "DIGEST_INVALID"),
    ("PUT", "SESSION?digest=UPPER", "", "", 400, "DIGEST_INVALID"),
    (
        "PUT",
        "SESSION?digest=DIGEST",
        "",
        "x",
        400,
        "DIGEST_INVALID",
    ),
    // Ranges of a pull: what is none is not satisfiable, what is several or of another unit is passed over.
    (
        "GET",
        "/v2/app/blobs/DIGEST",
        "range: bytes=9-1",
        "",
        416,
        "SIZE_INVALID",
    ),
    (
        "GET",
        "/v2/app/blobs/DIGEST",
        "range: bytes=x",
        "",
        416,
        "SIZE_INVALID",
    ),
    (
        "GET",
        "/v2/app/blobs/DIGEST",
        "range: bytes=-0",
        "",
        416,
        "SIZE_INVALID",
    ),
    (
        "GET",
        "/v2/app/blobs/DIGEST",
        "range: bytes=99999999999999999999-",
        "",
        416,
        "SIZE_INVALID",
    ),
    (
        "GET",
        "/v2/app/blobs/DIGEST",
        "range: bytes=0-0,2-2",
        "",
        200,
        "",
    ),
    (
        "GET",
        "/v2/app/blobs/DIGEST",
        "range: lines=0-1",
        "",
        200,
        "",
    ),
    // Ranges of a chunk.
    (
        "PATCH",
        "SESSION",
        "content-range: 5-2",
        "x",
        416,
        "BLOB_UPLOAD_INVALID",
    ),
    (
        "PATCH",
        "SESSION",
        "content-range: bytes 0-0/1",
        "x",
        416,
        "BLOB_UPLOAD_INVALID",
    ),
    (
        "PATCH",
        "SESSION",
        "content-range: -1-0",
        "x",
        416,
        "BLOB_UPLOAD_INVALID",
    ),
    (
        "PATCH",
        "SESSION",
        "content-range: 1-1",
        "x",
        416,
        "BLOB_UPLOAD_INVALID",
    ),
    (
        "PATCH",
        "SESSION",
        "content-range: 0-5",
        "x",
        416,
        "BLOB_UPLOAD_INVALID",
    ),
    (
        "PATCH",
        "SESSION",
        "content-range: 0-18446744073709551615",
        "x",
        416,
        "BLOB_UPLOAD_INVALID",
    ),
    (
        "PATCH",
        "SESSION",
        "content-range: 0-99999999999999999999",
        "x",
        416,
        "BLOB_UPLOAD_INVALID",
    ),
    (
        "PUT",
        "SESSION?digest=DIGEST",
        "content-range: 7-8",
        "x",
        416,
        "BLOB_UPLOAD_INVALID",
    ),
    // Pages.
    ("GET", "/v2/app/tags/list?n=-1", "", "", 400, "UNSUPPORTED"),
    ("GET", "/v2/app/tags/list?n=1.5", "", "", 400, "UNSUPPORTED"),
    ("GET", "/v2/app/tags/list?n=", "", "", 400, "UNSUPPORTED"),
    ("GET", "/v2/_catalog?n=ten", "", "", 400, "UNSUPPORTED"),
    ("GET", "/v2/_catalog?n=%2b1", "", "", 400, "UNSUPPORTED"),
    (
        "GET",
        "/v2/_catalog?n=99999999999999999999999",
        "",
        "",
        200,
        "",
    ),
    (
        "GET",
        "/v2/app/referrers/DIGEST?last=nonsense",
        "",
        "",
        400,
        "DIGEST_INVALID",
    ),
    // Percent-encoding.
    ("GET", "/v2/app%/tags/list", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/app/blobs/%zz", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/app/manifests/%ff", "", "", 400, "NAME_INVALID"),
    ("GET", "/v2/app/manifests/%2", "", "", 400, "NAME_INVALID"),
    (
        "GET",
        "/v2/_catalog?last=%c3%28",
        "",
        "",
        400,
        "NAME_INVALID",
    ),
    ("GET", "/v2/_catalog?n=%3", "", "", 400, "NAME_INVALID"),
    (
        "POST",
        "/v2/app/blobs/uploads/?digest=%",
        "",
        "",
        400,
        "NAME_INVALID",
    ),
    // JSON.
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "[]",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "null",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{\"config\":7}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{\"config\":{\"digest\":\"x\"}}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{\"config\":{\"digest\":\"a:b\"}} x",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{\"config\":{\"digest\":\"a:b\"},\"config\":1}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{\"config\":{\"digest\":\"a:b\",\"size\":-1}}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{\"config\":{\"digest\":\"\\ud800:b\"}}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "IMAGE",
        "{\"config\":{\"digest\":\"a:b\"},\"annotations\":{\"a\":1}}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "INDEX",
        "{\"manifests\":{}}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "INDEX",
        "{\"manifests\":[7]}",
        400,
        "MANIFEST_INVALID",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "",
        "not json, no type",
        400,
        "MANIFEST_INVALID",
    ),
    // Sessions that were never opened.
    (
        "PATCH",
        "/v2/app/blobs/uploads/mine",
        "",
        "x",
        404,
        "BLOB_UPLOAD_UNKNOWN",
    ),
    (
        "PATCH",
        "/v2/app/blobs/uploads/..",
        "",
        "x",
        404,
        "BLOB_UPLOAD_UNKNOWN",
    ),
    (
        "PATCH",
        "/v2/app/blobs/uploads/%2f",
        "",
        "x",
        404,
        "BLOB_UPLOAD_UNKNOWN",
    ),
    // Lengths.
    (
        "POST",
        "/v2/app/blobs/uploads/?digest=DIGEST",
        "content-length: 9999999999999",
        "",
        413,
        "DENIED",
    ),
    (
        "PUT",
        "/v2/app/manifests/v1",
        "content-length: 4194305",
        "",
        413,
        "SIZE_INVALID",
    ),
    (
        "PATCH",
        "SESSION",
        "content-length: 18446744073709551615",
        "x",
        413,
        "DENIED",
    ),
];

const IMAGE: &str = "content-type: application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "content-type: application/vnd.oci.image.index.v1+json";

#[test]
fn every_row_is_refused_and_changes_nothing() {
    let mut registry = Registry::new(Config::new(7));
    Ask::blob("app", "content").to(&mut registry).is(201);
    let session = Ask::post("/v2/app/blobs/uploads/").to(&mut registry);
    let digest = sha256("content");
    let upper = format!("sha256:{}", digest["sha256:".len()..].to_uppercase());
    let before = registry.snapshot();
    let mut faults = Vec::new();
    for (method, target, header, body, status, code) in ROWS {
        let target = target.replace("DIGEST", &digest).replace("UPPER", &upper);
        let target = target.replace("SESSION", session.location());
        let header = header.replace("IMAGE", IMAGE).replace("INDEX", INDEX);
        let ask = Ask::new(method.parse().unwrap(), &target).body(*body);
        let ask = match header.split_once(": ") {
            Some((name, value)) => ask.header(name, value),
            None => ask,
        };
        let reply = ask.to(&mut registry);
        if reply.outcome() != (*status, (*code).to_owned()) || reply.body.len() > 1000 {
            faults.push(format!("{ask:?}\n{reply:?}"));
        }
        let diff = registry.diff(&before);
        assert!(diff.is_empty(), "{ask:?} changed {diff:?}");
        assert_eq!(registry.stats().bytes, 7, "{ask:?}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_alive(&mut registry);
}
