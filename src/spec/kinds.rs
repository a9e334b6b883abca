//! What the switches that are more than on or off can be.

use super::switches::Choice;

/// Makes an enum of a switch's values; the first is the spec's.
macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident { $($(#[$doc:meta])* $value:ident = $name:literal,)+ })+) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
        pub enum $kind {
            #[default]
            $($(#[$doc])* $value,)+
        }

        impl Choice for $kind {
            fn names(&self) -> &'static [&'static str] {
                &[$($name),+]
            }

            fn place(&self) -> usize {
                *self as usize
            }

            fn choose(&mut self, place: usize) {
                if let Some(value) = [$(Self::$value),+].get(place) {
                    *self = *value;
                }
            }
        }
    )+};
}

kinds! {
    /// Whose words and codes errors have.
    ErrorTable {
        /// Ours: the spec's codes, with `detail`.
        Spec = "spec",
        /// ociserver's since: `DIGEST_INVALID` for a bad digest.
        Ociserver = "ociserver",
        /// ociserver's of September 2024: `UNKNOWN` where the spec's list has a code, no `detail`.
        Ociserver202409 = "ociserver-2024-09",
    }

    /// How the `Location` of an upload is written.
    UploadLocation {
        /// The path alone.
        Path = "path",
        /// Scheme, host and path.
        Absolute = "absolute",
        /// Scheme, host and path, with a query `_state`, as distribution does.
        AbsoluteWithState = "absolute-with-state",
        /// The path, with a query `_state`.
        PathWithState = "path-with-state",
        /// A path that does not begin with `/v2/`.
        Outside = "outside",
        /// A URL on another host, which is the same registry.
        OtherHost = "other-host",
        /// Not at all.
        Missing = "missing",
    }

    /// What leads from one page of a list to the next.
    ListCursor {
        /// `last`, the last entry of the page before.
        Last = "last",
        /// `next_page`, which means something to the registry alone; `last` does nothing.
        NextPage = "next-page",
        /// `last`, but as something that means something to the registry alone; another is refused with 405.
        Opaque = "opaque",
        /// `last`, but as the number of entries so far.
        Count = "count",
    }

    /// How the `Link` to the next page is written.
    LinkForm {
        /// `</v2/…>; rel="next"`.
        Path = "path",
        /// With scheme and host.
        Absolute = "absolute",
        /// Without the angle brackets and quotes.
        Bare = "bare",
        /// With a path that only a proxy in front knows; here it is 404.
        Internal = "internal",
    }

    /// What `_catalog` is.
    CatalogForm {
        /// The list of repositories.
        Spec = "spec",
        /// 401, whoever asks.
        Unauthorized = "unauthorized",
        /// 404.
        NotFound = "not-found",
        /// 404 with a sentence in plain text.
        Text = "text",
    }

    /// What becomes of a mount.
    Mounts {
        /// The blob is mounted, or a session is opened.
        Spec = "spec",
        /// 403.
        Denied = "denied",
        /// 400 without `from`.
        NeedsFrom = "needs-from",
        /// A session is opened without `from`.
        FromOnly = "from-only",
        /// A session is opened always.
        Session = "session",
    }

    /// How many chunks an upload may have.
    Chunking {
        /// Any number.
        Spec = "spec",
        /// One without `Content-Range`; else 400.
        None = "none",
        /// One; the second is 400.
        OneStream = "one-stream",
    }

    /// The `Range` of an upload that goes on.
    UploadRange {
        /// What has arrived.
        Spec = "spec",
        /// The first chunk, however many there are.
        Stuck = "stuck",
        /// `bytes=0--1` for nothing, and `bytes=` before all others.
        Bytes = "bytes",
    }

    /// How the push of a tag that may not be moved is refused.
    ImmutableTagForm {
        /// 403 `DENIED`; the same manifest may be pushed again.
        Spec = "spec",
        /// 400 `TAG_INVALID`, also for the same manifest.
        TagInvalid = "tag-invalid",
    }

    /// What `/referrers/` is.
    ReferrersForm {
        /// The list.
        Spec = "spec",
        /// 200 and an empty list, whatever was pushed; a push comes without `OCI-Subject`.
        Empty = "empty",
        /// 200 and a page in HTML; a push comes without `OCI-Subject`.
        Html = "html",
    }

    /// Which types a config may have.
    ConfigTypes {
        /// Any.
        Any = "any",
        /// Those of images; else 400.
        Known = "known",
        /// Any but the empty one, which is 500.
        NotEmpty = "not-empty",
    }

    /// Where blobs are pulled from.
    BlobRedirect {
        /// Here.
        None = "none",
        /// 307 to a URL on another host, good without `Authorization` and 400 with it.
        Presigned = "presigned",
    }

    /// How `WWW-Authenticate` is written.
    ChallengeForm {
        /// As the RFCs have it: a line for each scheme, values in quotes.
        Spec = "spec",
        /// Not at all, once credentials were sent: 403 `DENIED`.
        None = "none",
        /// Several schemes in one line.
        Several = "several",
        /// A comma in the name of the service.
        Commas = "commas",
        /// Values without quotes.
        Unquoted = "unquoted",
        /// The scheme in lower case.
        LowerCase = "lower-case",
    }

    /// What scope a challenge names.
    ChallengeScope {
        /// What the request needs.
        Spec = "spec",
        /// `pull`, whatever the request needs.
        Narrow = "narrow",
        /// None.
        None = "none",
        /// The repository without the first part of its name.
        Bare = "bare",
    }

    /// What the token endpoint does.
    TokenEndpoint {
        /// It gives tokens.
        Spec = "spec",
        /// 404.
        NotFound = "not-found",
        /// 429, with `Retry-After`.
        TooMany = "too-many",
        /// It takes half a minute.
        Slow = "slow",
        /// 200, and a page in HTML.
        Html = "html",
        /// 200, and no token in the answer.
        Empty = "empty",
    }
}
