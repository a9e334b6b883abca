//! What is pulled, and what comes with it.

use http::Method;
use serde_json::Value;

use super::{Seen, Site, site};
use crate::cli::{
    Mistake,
    remote::{Once, Question, Told},
};

const DIGEST: &str = "docker-content-digest";

/// The digest of nothing that anybody has.
const NOBODYS: &str = "sha256:00000000000000000000000000000000000000000000000000000000005eed00";

pub(super) fn manifests(once: &Once, site: &Site, seen: &mut Seen) -> Result<(), Mistake> {
    let name = &site.repository;
    let by = |method: Method, reference: &str| {
        let mut question = site::manifest(name, reference);
        question.method = method;
        once.ask(&question)
    };
    let digest = site.digest.to_string();
    let has = |told: &Told| told.headers.contains_key(DIGEST);
    let (tag, by_digest) = (by(Method::GET, &site.tag)?, by(Method::GET, &digest)?);
    let head = by(Method::HEAD, &site.tag)?;
    if tag.status == 200 && by_digest.status == 200 {
        let none = !has(&tag) && !has(&by_digest);
        seen.is("omitDigestFromManifestGet", none);
        seen.is("OmitDigestFromTagGetResponse", !has(&tag) && !none);
    }
    seen.is("LocationsForDescriptor", sent_on(&by_digest, &digest, site));
    if head.status == 200 {
        let missing = by(Method::GET, "registrette-probe-nothing")?;
        seen.is("deniedWhenMissing", missing.status == 403);
    }
    let as_blob = Question::new(
        Method::GET,
        format!("/v2/{name}/blobs/{digest}"),
        &site::pull(name),
    );
    seen.is("manifestsAsBlobs", once.ask(&as_blob)?.status == 200);
    Ok(())
}

/// Where a pull is sent, with what stands for digest and repository; `null`, if it is answered here.
fn sent_on(told: &Told, digest: &str, site: &Site) -> Value {
    let location = told.header("location").filter(|_| told.status == 307);
    location.map_or(Value::Null, |location| {
        let template = location.replace(digest, "{digest}");
        template
            .replace(site.repository.as_str(), "{repository}")
            .into()
    })
}

pub(super) fn blobs(once: &Once, site: &Site, seen: &mut Seen) -> Result<(), Mistake> {
    let name = &site.repository;
    let by = |method: Method, name: &str, digest: &str| {
        let target = format!("/v2/{name}/blobs/{digest}");
        once.ask(&Question::new(
            method,
            target,
            &site::pull(&site.repository),
        ))
    };
    if let Some(blob) = &site.blob {
        let head = by(Method::HEAD, name.as_str(), blob)?;
        if head.status == 200 {
            let none = !head.headers.contains_key(DIGEST);
            seen.is("omitDigestFromBlobHead", none);
        } else {
            let why = format!("the HEAD of a blob answers {}", head.status);
            seen.missed(&["omitDigestFromBlobHead"], &why);
        }
        let get = Question::new(
            Method::GET,
            format!("/v2/{name}/blobs/{blob}"),
            &site::pull(name),
        );
        let told = once.ask(&get.header("range", "bytes=0-0"))?;
        let elsewhere = (300..400).contains(&told.status);
        seen.is("blobRedirect", if elsewhere { "presigned" } else { "none" });
    } else {
        let switches = ["omitDigestFromBlobHead", "blobRedirect"];
        seen.missed(&switches, "no blob was found");
    }
    let nowhere = by(Method::GET, "registrette/probe/nothing", NOBODYS)?;
    match nowhere.status {
        404 => seen.is("blobBeforeName", nowhere.code() == "BLOB_UNKNOWN"),
        other => seen.missed(
            &["blobBeforeName"],
            &format!("an unknown repository answers {other}"),
        ),
    }
    Ok(())
}

pub(super) fn referrers(once: &Once, site: &Site, seen: &mut Seen) -> Result<(), Mistake> {
    let of = |name: &str, digest: &str| {
        let target = format!("/v2/{name}/referrers/{digest}");
        once.ask(&Question::new(
            Method::GET,
            target,
            &site::pull(&site.repository),
        ))
    };
    let here = of(site.repository.as_str(), NOBODYS)?;
    seen.is("DisableReferrersAPI", here.status == 404);
    if here.status != 200 {
        let why = "it lists no referrers";
        let switches = [
            "referrersForm",
            "nullReferrers",
            "referrersNeedRepository",
            "DisableReferrersFiltering",
        ];
        seen.missed(&switches, why);
        return Ok(());
    }
    if here.is_html() {
        seen.is("referrersForm", "html");
    } else if !site.is_own {
        seen.missed(
            &["referrersForm", "DisableReferrersFiltering"],
            "it takes a push",
        );
    }
    let listed = here.json();
    seen.is(
        "nullReferrers",
        listed.get("manifests").is_some_and(Value::is_null),
    );
    let nowhere = of("registrette/probe/nothing", NOBODYS)?;
    seen.is("referrersNeedRepository", nowhere.status == 404);
    Ok(())
}
