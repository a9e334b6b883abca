//! The playground's files, under `/ui/`, and a page at `/` that leads there.

use std::{collections::BTreeMap, fmt, fs, io, path::Path, sync::Arc};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{
        ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST,
        LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    },
    request::Parts,
};

use crate::content::Body;

/// What every path of the playground starts with.
const PREFIX: &str = "/ui/";

/// What a page of the playground may run and ask; `www/build.mjs` writes the same into the page.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; \
    object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The same for the page at `/`, which runs nothing.
const PLAIN: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// What tells the page that there is a registry at the server that it comes from.
const MODE: &str = "{\"mode\":\"server\"}\n";

/// The built playground, read once: what is in its folder and nothing else is served.
#[derive(Clone)]
pub struct Ui(Arc<BTreeMap<String, Bytes>>);

impl Ui {
    /// Reads the folder that `npm run build` made, which has no folders in it.
    ///
    /// # Errors
    /// It cannot be read, or there is no `index.html` in it.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_type()?.is_file() {
                continue;
            }
            if let Ok(name) = entry.file_name().into_string() {
                files.insert(name, fs::read(entry.path())?.into());
            }
        }
        if !files.contains_key("index.html") {
            let fault = "there is no index.html in it";
            return Err(io::Error::new(io::ErrorKind::NotFound, fault));
        }
        files.insert("mode.json".to_owned(), Bytes::from_static(MODE.as_bytes()));
        Ok(Self(Arc::new(files)))
    }

    /// Answers a request for the playground; `None` where it is one for the registry.
    pub(super) fn answer(&self, head: &Parts) -> Option<Response<Body>> {
        let path = head.uri.path();
        let is_read = matches!(head.method, Method::GET | Method::HEAD);
        if path == "/" && is_read {
            return Some(finished(
                head,
                StatusCode::OK,
                PLAIN,
                "text/html",
                start(head),
            ));
        }
        if path == "/ui" {
            let mut answer = plain(head, StatusCode::PERMANENT_REDIRECT, "");
            let place = HeaderValue::from_static(PREFIX);
            answer.headers_mut().insert(LOCATION, place);
            return Some(answer);
        }
        let name = path.strip_prefix(PREFIX)?;
        if !is_read {
            let mut answer = plain(head, StatusCode::METHOD_NOT_ALLOWED, "these are files\n");
            let methods = HeaderValue::from_static("GET, HEAD");
            answer.headers_mut().insert(ALLOW, methods);
            return Some(answer);
        }
        let name = if name.is_empty() { "index.html" } else { name };
        let Some(bytes) = self.0.get(name) else {
            return Some(plain(
                head,
                StatusCode::NOT_FOUND,
                "there is no such file\n",
            ));
        };
        let mut answer = finished(
            head,
            StatusCode::OK,
            POLICY,
            media_type(name),
            bytes.clone(),
        );
        let caching = HeaderValue::from_static(caching(name));
        answer.headers_mut().insert(CACHE_CONTROL, caching);
        Some(answer)
    }
}

impl fmt::Debug for Ui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ui({} files)", self.0.len())
    }
}

fn plain(head: &Parts, status: StatusCode, text: &'static str) -> Response<Body> {
    let body = Bytes::from_static(text.as_bytes());
    finished(head, status, PLAIN, "text/plain", body)
}

fn finished(
    head: &Parts,
    status: StatusCode,
    policy: &'static str,
    media_type: &'static str,
    body: Bytes,
) -> Response<Body> {
    let mut headers = HeaderMap::new();
    let fixed = HeaderValue::from_static;
    headers.insert(CONTENT_TYPE, fixed(media_type));
    headers.insert(CONTENT_LENGTH, body.len().into());
    headers.insert(CACHE_CONTROL, fixed("no-cache"));
    headers.insert(CONTENT_SECURITY_POLICY, fixed(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(REFERRER_POLICY, fixed("no-referrer"));
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, fixed("same-origin"));
    let body = if head.method == Method::HEAD {
        Body::empty()
    } else {
        Body::from(body)
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

/// Files with their hash in their names never change.
fn caching(name: &str) -> &'static str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    if hash.len() >= 8 {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html",
        "js" => "text/javascript",
        "css" => "text/css",
        "json" => "application/json",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// The page at `/`: lines to try, and the way to the playground.
fn start(head: &Parts) -> Bytes {
    let named = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| head.uri.authority().map(|authority| authority.as_str()));
    let host: String = (host.unwrap_or("localhost").chars())
        .filter(|letter| letter.is_ascii_alphanumeric() || ".:[]-".contains(*letter))
        .collect();
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>registrette</title>\n\
        <style>body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 48rem; \
        padding: 0 1rem; color-scheme: light dark }}</style>\n<h1>registrette</h1>\n\
        <p>A container registry in memory runs here. Its content is gone when it stops.</p>\n\
        <p><a href=\"{PREFIX}\">Open the playground</a>, or try a line:</p>\n\
        <ul><li><code>curl http://{host}/v2/_catalog</code></li></ul>\n</html>\n"
    );
    page.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_its_hash_in_its_name_is_kept_for_ever() {
        for name in ["app-TIQLKNHJ.js", "registry-b5d4747eba13.wasm"] {
            assert!(caching(name).contains("immutable"), "{name}");
        }
        for name in ["index.html", "sw.js", "mode.json"] {
            assert_eq!(caching(name), "no-cache", "{name}");
        }
    }

    #[test]
    fn the_page_has_the_same_policy_in_itself() {
        let build = include_str!("../../www/build.mjs");
        let rules = POLICY
            .split("; ")
            .filter(|rule| !rule.starts_with("frame-ancestors"));
        for rule in rules {
            assert!(build.contains(&format!("\"{rule}\"")), "{rule}");
        }
    }
}
