//! Uploads: where they go, in how many pieces, what is said meanwhile.

use bytes::Bytes;
use http::Method;
use registrette::spec::RepositoryName;

use super::{Seen, pushes::digest, site};
use crate::cli::{
    Mistake,
    remote::{Once, Question, Told},
};

/// What cannot be seen where no upload begins.
pub(super) const OF_UPLOADS: [&str; 10] = [
    "uploadLocation",
    "uploadRange",
    "uploadHeaderBytes",
    "noUploadStatus",
    "chunkedUpload",
    "DisableSinglePostUpload",
    "putNeedsPatch",
    "maxBodyBytes",
    "uploadOnSight",
    "mounts",
];

/// Longer than any header has to be.
const LONG_HEADER: usize = 4096;

/// The longest body that some registry is known to take.
const FOUR_MIB: usize = 4 << 20;

/// Uploads in one repository.
pub(super) struct Uploads<'a> {
    pub(super) once: &'a Once,
    pub(super) name: &'a RepositoryName,
}

impl Uploads<'_> {
    fn ask(&self, method: Method, target: &str) -> Question {
        Question::new(method, target, &site::all(self.name))
    }

    /// `POST …/blobs/uploads/`.
    pub(super) fn start(&self, query: &str) -> Result<Told, Mistake> {
        let target = format!("/v2/{}/blobs/uploads/{query}", self.name);
        self.once.ask(&self.ask(Method::POST, &target))
    }

    /// Where an upload goes on; where that is not said, where it does everywhere else.
    fn place(&self, told: &Told) -> String {
        let uuid = told.header("docker-upload-uuid").unwrap_or("unknown");
        let guess = format!("/v2/{}/blobs/uploads/{uuid}", self.name);
        let location = told.header("location").unwrap_or(&guess);
        match location.starts_with('/') || location.contains("://") {
            true => location.to_owned(),
            false => format!("/v2/{}/blobs/uploads/{location}", self.name),
        }
    }

    fn patch(
        &self,
        place: &str,
        body: impl Into<Bytes>,
        from: Option<usize>,
    ) -> Result<Told, Mistake> {
        let body = body.into();
        let mut question = self
            .ask(Method::PATCH, place)
            .header("content-type", "application/octet-stream");
        if let Some(from) = from {
            let last = (from + body.len()).saturating_sub(1);
            question = question.header("content-range", format!("{from}-{last}"));
        }
        self.once.ask(&question.body(body))
    }

    fn put(&self, place: &str, content: &[u8], body: impl Into<Bytes>) -> Result<Told, Mistake> {
        let sign = if place.contains('?') { '&' } else { '?' };
        let target = format!("{place}{sign}digest={}", digest(content));
        let question = self
            .ask(Method::PUT, &target)
            .header("content-type", "application/octet-stream");
        self.once.ask(&question.body(body))
    }

    /// Whether a blob is here already.
    pub(super) fn has(&self, blob: &str) -> Result<bool, Mistake> {
        let target = format!("/v2/{}/blobs/{blob}", self.name);
        Ok(self.once.ask(&self.ask(Method::HEAD, &target))?.is_ok())
    }

    /// Pushes a blob in the way that most registries take; its bytes in one PATCH where the PUT may bring none.
    pub(super) fn push(&self, content: &[u8]) -> Result<Told, Mistake> {
        let place = self.place(&self.start("")?);
        let told = self.put(&place, content, content.to_vec())?;
        if told.is_ok() {
            return Ok(told);
        }
        let place = self.place(&self.start("")?);
        let patched = self.patch(&place, content.to_vec(), None)?;
        let place = patched
            .header("location")
            .map_or(place, |_| self.place(&patched));
        self.put(&place, content, Bytes::new())
    }

    fn cancel(&self, told: &Told) -> Result<(), Mistake> {
        self.once
            .ask(&self.ask(Method::DELETE, &self.place(told)))?;
        Ok(())
    }

    fn delete(&self, blob: &str) -> Result<(), Mistake> {
        let target = format!("/v2/{}/blobs/{blob}", self.name);
        self.once.ask(&self.ask(Method::DELETE, &target))?;
        Ok(())
    }

    /// Looks at all of it, having begun one upload.
    pub(super) fn look(&self, begun: &Told, salt: &str, seen: &mut Seen) -> Result<(), Mistake> {
        self.head(begun, seen);
        let place = self.place(begun);
        let status = self.once.ask(&self.ask(Method::GET, &place))?;
        seen.is("noUploadStatus", status.status == 404);
        self.chunks(begun, salt, seen)?;
        self.ways(salt, seen)?;
        self.sizes(seen)?;
        self.on_sight(seen)
    }

    fn head(&self, begun: &Told, seen: &mut Seen) {
        let own = self.once.host();
        let form = match begun.header("location") {
            None => "missing",
            Some(location) => {
                let (path, query) = location.split_once('?').unwrap_or((location, ""));
                let is_absolute = path.contains("://");
                let rest = path.split_once("://").map_or(path, |(_, rest)| rest);
                match (is_absolute, query.is_empty()) {
                    (true, _) if !rest.starts_with(own) => "other-host",
                    (true, true) => "absolute",
                    (true, false) => "absolute-with-state",
                    (false, _) if path.starts_with('/') && !path.starts_with("/v2/") => "outside",
                    (false, true) => "path",
                    (false, false) => "path-with-state",
                }
            }
        };
        seen.is("uploadLocation", form);
        seen.missed(
            &["LocationForUploadID"],
            "it cannot be told from uploadLocation",
        );
        let mut lengths = begun.headers.values().map(http::HeaderValue::len);
        let long = lengths.find(|length| *length > LONG_HEADER);
        seen.is("uploadHeaderBytes", long);
    }

    fn chunks(&self, begun: &Told, salt: &str, seen: &mut Seen) -> Result<(), Mistake> {
        let content = format!("{salt}chunk");
        let (one, two) = content.as_bytes().split_at(salt.len());
        let is_bytes = begun
            .header("range")
            .is_some_and(|range| range.starts_with("bytes"));
        let place = self.place(begun);
        let first = self.patch(&place, one.to_vec(), Some(0))?;
        if first.is_refused() {
            seen.is("chunkedUpload", "none");
            seen.is("uploadRange", if is_bytes { "bytes" } else { "spec" });
            return self.cancel(begun);
        }
        let place = first
            .header("location")
            .map_or(place, |_| self.place(&first));
        let second = self.patch(&place, two.to_vec(), Some(one.len()))?;
        let range = second.header("range").unwrap_or_default();
        let stuck = format!("0-{}", one.len() - 1);
        let range = match (is_bytes, range.trim_start_matches("bytes=") == stuck) {
            (true, _) => "bytes",
            (false, true) => "stuck",
            (false, false) => "spec",
        };
        seen.is("uploadRange", range);
        let refused = second.is_refused();
        seen.is("chunkedUpload", if refused { "one-stream" } else { "spec" });
        let place = second
            .header("location")
            .map_or(place, |_| self.place(&second));
        let whole = if refused { one } else { content.as_bytes() };
        self.put(&place, whole, Bytes::new())?;
        Ok(())
    }

    /// A single POST; a PUT that brings all.
    fn ways(&self, salt: &str, seen: &mut Seen) -> Result<(), Mistake> {
        let content = format!("{salt}single");
        let target = format!(
            "/v2/{}/blobs/uploads/?digest={}",
            self.name,
            digest(content.as_bytes())
        );
        let question = self
            .ask(Method::POST, &target)
            .header("content-type", "application/octet-stream");
        let single = self.once.ask(&question.body(content))?;
        seen.is("DisableSinglePostUpload", single.status == 202);
        if single.status == 202 {
            self.cancel(&single)?;
        }
        let content = format!("{salt}put");
        let begun = self.start("")?;
        let put = self.put(&self.place(&begun), content.as_bytes(), content.clone())?;
        seen.is("putNeedsPatch", put.status == 404);
        if put.is_refused() {
            self.cancel(&begun)?;
        }
        Ok(())
    }

    /// The longest body that is taken, of those that are a power of two.
    fn sizes(&self, seen: &mut Seen) -> Result<(), Mistake> {
        let fits = |size: usize| -> Result<bool, Mistake> {
            let begun = self.start("")?;
            let told = self.patch(&self.place(&begun), vec![7; size], None);
            // Who does not read to the end may break the connection off.
            let fits = told.is_ok_and(|told| ![413, 416].contains(&told.status));
            self.cancel(&begun)?;
            Ok(fits)
        };
        if fits(FOUR_MIB + 1)? {
            seen.is("maxBodyBytes", ());
            return Ok(());
        }
        let mut size = FOUR_MIB;
        while size > 1 && !fits(size)? {
            size /= 2;
        }
        seen.is("maxBodyBytes", size);
        Ok(())
    }

    fn on_sight(&self, seen: &mut Seen) -> Result<(), Mistake> {
        let nobodys = format!(
            "/v2/{}/blobs/uploads/3f2b1c00-0000-4000-8000-00000005eed0",
            self.name
        );
        let told = self.patch(&nobodys, "x", Some(0))?;
        seen.is("uploadOnSight", told.status == 202);
        if told.status == 202 {
            self.cancel(&told)?;
        }
        Ok(())
    }

    /// Mounts into another repository, of a blob that is here.
    pub(super) fn mounts(
        &self,
        into: &RepositoryName,
        blob: &str,
        seen: &mut Seen,
    ) -> Result<(), Mistake> {
        let other = Uploads {
            once: self.once,
            name: into,
        };
        let with = other.start(&format!("?mount={blob}&from={}", self.name))?;
        let deeper = RepositoryName::parse(&format!("{into}/bare"));
        let deeper = deeper.unwrap_or_else(|_| into.clone());
        let bare = Uploads {
            once: self.once,
            name: &deeper,
        };
        let without = bare.start(&format!("?mount={blob}"))?;
        for (place, told) in [(&other, &with), (&bare, &without)] {
            match told.status {
                201 => place.delete(blob)?,
                202 => place.cancel(told)?,
                _ => {}
            }
        }
        let found = match (with.status, without.status) {
            (201, 201) => "spec",
            (201, 202) => "from-only",
            (201, 400..) => "needs-from",
            (400.., _) => "denied",
            (202, _) => "session",
            (other, _) => {
                seen.missed(&["mounts"], &format!("a mount answers {other}"));
                return Ok(());
            }
        };
        seen.is("mounts", found);
        Ok(())
    }
}
