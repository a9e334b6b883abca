//! Calls as a script for a shell.

use std::fmt::Write as _;

use http::{
    HeaderName, Method,
    header::{
        ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, EXPECT, HOST,
        LOCATION, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
    },
};

use super::{Call, End};
use crate::{spec::base64, wire::Sample};

/// Headers that are curl's own affair, or the next connection's.
const LEFT_OUT: [HeaderName; 9] = [
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    EXPECT,
    TE,
    UPGRADE,
    COOKIE,
    PROXY_AUTHORIZATION,
];

/// Headers that curl sends by itself, unless it is told not to.
const CURLS_OWN: [HeaderName; 3] = [USER_AGENT, ACCEPT, CONTENT_TYPE];

const BEGIN: &str = r#"# REGISTRY is asked: another one, or this one again. AUTHORIZATION is sent where credentials were.
set -u
registry=${REGISTRY:-ORIGIN}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

# call NUMBER STATUS TARGET [ARGUMENT OF CURL]...
call() {
  number=$1 wanted=$2 target=$3
  shift 3
  case $target in
    http://* | https://*) url=$target ;;
    *) url=${registry%/}$target ;;
  esac
  got=$(curl --silent --path-as-is --max-time 60 --output /dev/null --dump-header "$scratch/head" \
    --write-out '%{http_code}' "$@" "$url")
  location=$(sed -n 's/^[Ll][Oo][Cc][Aa][Tt][Ii][Oo][Nn]: *//p' "$scratch/head" | tr -d '\r' | tail -n 1)
  if [ "$got" = "$wanted" ]; then
    echo "ok $number $got $target"
  else
    echo "DIFFERS $number $got $target (was $wanted)"
    failed=1
  fi
}

"#;

/// An upload that the calls began: where it was, and the variable that says where it is when they are repeated.
struct Upload {
    location: String,
    variable: String,
}

/// Calls as a script of `curl` for a shell: it sends them again, to whatever registry, and compares the statuses.
///
/// Uploads go on where that registry says. A body can be sent again if the log kept all of it; credentials are not
/// written down.
#[must_use]
pub fn script<'a>(calls: impl IntoIterator<Item = &'a Call>) -> String {
    let calls: Vec<_> = calls.into_iter().collect();
    let origin = calls
        .first()
        .map_or("http://localhost:5000", |call| call.origin.as_str());
    let mut text = format!(
        "#!/bin/sh\n# {} calls, recorded by registrette.\n",
        calls.len()
    );
    text.push_str(&BEGIN.replace("ORIGIN", &quoted(origin)));
    let mut uploads: Vec<Upload> = Vec::new();
    for call in calls {
        write_call(&mut text, call, &uploads);
        follow(&mut text, call, &mut uploads);
    }
    text.push_str("exit $failed\n");
    text
}

fn write_call(text: &mut String, call: &Call, uploads: &[Upload]) {
    let _ = writeln!(text, "# {call}");
    let sample = call.body.as_ref().filter(|sample| sample.is_whole());
    if call.body_bytes > 0 && sample.is_none() {
        let _ = writeln!(
            text,
            "# its body of {} bytes was not kept: it is sent without",
            call.body_bytes
        );
    }
    if !call.faults.is_empty() || call.end != End::Whole {
        text.push_str("# a fault happened to it, which has to be set again\n");
    }
    let body = sample.map(Sample::bytes).filter(|bytes| !bytes.is_empty());
    if let Some(bytes) = body {
        let encoded = base64::encode(bytes);
        let _ = writeln!(text, "echo {encoded} | base64 -d > \"$scratch/body\"");
    }
    // curl, too, says 000 of an answer that never began.
    let _ = write!(
        text,
        "call {} {:03} {}",
        call.sequence,
        call.status,
        target(call, uploads)
    );
    if call.method == Method::HEAD {
        text.push_str(" --head");
    } else {
        let _ = write!(text, " -X {}", quoted(call.method.as_str()));
    }
    if body.is_some() {
        text.push_str(" --data-binary \"@$scratch/body\"");
    } else if matches!(call.method, Method::POST | Method::PUT | Method::PATCH) {
        text.push_str(" --data-binary ''");
    }
    write_headers(text, call);
    text.push('\n');
}

fn write_headers(text: &mut String, call: &Call) {
    for (name, value) in &call.headers {
        if *name == AUTHORIZATION {
            text.push_str(" ${AUTHORIZATION:+-H \"Authorization: $AUTHORIZATION\"}");
        }
        let value = value.to_str().ok().filter(|_| *name != AUTHORIZATION);
        let Some(value) = value.filter(|_| !LEFT_OUT.contains(name)) else {
            continue;
        };
        let line = if value.is_empty() {
            format!("{name};")
        } else {
            format!("{name}: {value}")
        };
        let _ = write!(text, " -H {}", quoted(&line));
    }
    for name in CURLS_OWN
        .iter()
        .filter(|name| !call.headers.contains_key(*name))
    {
        let _ = write!(text, " -H '{name}:'");
    }
}

/// The target, or what leads to where an upload is now.
fn target(call: &Call, uploads: &[Upload]) -> String {
    for upload in uploads.iter().rev() {
        let path = upload.location.split('?').next().unwrap_or_default();
        if let Some(rest) = call.target.strip_prefix(upload.location.as_str()) {
            return format!("\"${}\"{}", upload.variable, quoted(rest));
        }
        if let Some(rest) = call
            .target
            .strip_prefix(path)
            .filter(|rest| !rest.starts_with('/'))
        {
            return format!("\"${{{}%%\\?*}}\"{}", upload.variable, quoted(rest));
        }
    }
    quoted(&call.target)
}

/// Remembers where an upload goes on.
fn follow(text: &mut String, call: &Call, uploads: &mut Vec<Upload>) {
    let goes_on = match call.operation {
        "upload.start" | "blob.mount" | "blob.put" => call.status == 202,
        "upload.patch" | "upload.status" => matches!(call.status, 202 | 204),
        _ => false,
    };
    let location = call
        .answer_headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok());
    let Some(location) = location.filter(|_| goes_on) else {
        return;
    };
    // A target has no host.
    let path = location.split_once("://").map_or(location, |(_, rest)| {
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
    });
    let bare = |text: &str| text.split('?').next().unwrap_or_default().to_owned();
    let known = uploads
        .iter_mut()
        .find(|upload| bare(&upload.location) == bare(path));
    let variable = match known {
        Some(upload) => {
            upload.location = path.to_owned();
            upload.variable.clone()
        }
        None => {
            let variable = format!("upload{}", uploads.len().saturating_add(1));
            let location = path.to_owned();
            uploads.push(Upload {
                location,
                variable: variable.clone(),
            });
            variable
        }
    };
    let _ = writeln!(text, "{variable}=$location");
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/:.-_@%+=,".contains(&byte);
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
