//! From a request to an operation, once, at the door.

use http::{
    HeaderMap, Method, Uri,
    header::{CONTENT_RANGE, CONTENT_TYPE},
};

use super::{
    ChunkRange, OUTSIDE, Operation, Page, decode, operation::Chunked, query::Query, route::Route,
};
use crate::spec::{
    CatalogForm, Digest, Error, MediaType, Quirks, RangeFault, Reference, RepositoryName,
    SessionId, Settings, Tag, UploadLocation,
};

impl Operation {
    /// Understands a request.
    ///
    /// # Errors
    /// What is wrong with the target: the first thing from the left, then its query.
    pub fn parse(
        method: &Method,
        target: &Uri,
        headers: &HeaderMap,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let route = Route::parse(target.path())?;
        let quirks = quirks_at(target.path(), settings);
        let leads_outside = quirks.upload_location == UploadLocation::Outside;
        if matches!(route, Route::Upload { is_outside: true, .. } if !leads_outside) {
            return Err(Error::NotFound);
        }
        let allow = route.methods(settings, quirks);
        if method == Method::OPTIONS {
            return Ok(Self::ListMethods { allow });
        }
        if !allow.split(", ").any(|allowed| allowed == method.as_str()) {
            return Err(Error::MethodNotAllowed {
                allow: allow.to_owned(),
            });
        }
        let door = Door {
            method,
            query: Query::new(target.query()),
            headers,
            settings,
            quirks,
        };
        match route {
            Route::Root => Ok(Self::CheckAlive),
            Route::Check => Ok(Self::CheckApi),
            Route::Catalog if !settings.catalog || quirks.catalog_form == CatalogForm::NotFound => {
                Err(Error::NotFound)
            }
            Route::Catalog => Ok(Self::ListRepositories {
                page: Page::parse(door.query, quirks)?,
            }),
            Route::Extensions => Ok(Self::DiscoverExtensions),
            Route::Token => Ok(Self::Token),
            Route::Uploads { name } => door.uploads(door.name(&name)?),
            Route::Upload { name, session, .. } => door.upload(door.name(&name)?, &session),
            Route::Blob { name, digest } => door.blob(door.name(&name)?, &digest),
            Route::Manifest { name, reference } => door.manifest(door.name(&name)?, &reference),
            Route::Tags { .. } if quirks.no_tag_list => Err(Error::NotFound),
            Route::Tags { name } => Ok(Self::ListTags {
                repository: door.name(&name)?,
                page: Page::parse(door.query, quirks)?,
            }),
            Route::Referrers { .. } if quirks.disable_referrers_api => Err(Error::NotFound),
            Route::Referrers { name, subject } => door.referrers(door.name(&name)?, &subject),
        }
    }
}

struct Door<'a> {
    method: &'a Method,
    query: Query<'a>,
    headers: &'a HeaderMap,
    settings: &'a Settings,
    quirks: &'a Quirks,
}

/// How what a path names deviates: by the name of its repository.
pub(super) fn quirks_at<'a>(path: &str, settings: &'a Settings) -> &'a Quirks {
    if settings.quirks_below.is_empty() {
        return &settings.quirks;
    }
    let name = path.strip_prefix("/v2/");
    let name = name.or_else(|| path.strip_prefix(OUTSIDE));
    let name = name.unwrap_or_default();
    match decode(name) {
        Ok(name) => settings.quirks_of(&name),
        Err(_) => settings.quirks_of(name),
    }
}

impl Door<'_> {
    fn name(&self, name: &str) -> Result<RepositoryName, Error> {
        let parsed = RepositoryName::parse(name)?;
        if name.len() > self.settings.limits.name {
            let name = name.chars().take(80).collect();
            return Err(Error::NameInvalid {
                name,
                reason: "the name is longer than this registry takes",
            });
        }
        Ok(parsed)
    }

    fn uploads(&self, repository: RepositoryName) -> Result<Operation, Error> {
        // What cannot be mounted is uploaded: a mount that is not understood opens a session.
        let mount = self
            .query
            .get("mount")?
            .and_then(|digest| Digest::parse(&digest).ok());
        let from = self.query.get("from")?.filter(|from| !from.is_empty());
        let source = from.as_deref().map(RepositoryName::parse);
        match (mount, source) {
            (Some(digest), None) => {
                return Ok(Operation::MountBlob {
                    repository,
                    digest,
                    from: None,
                });
            }
            (Some(digest), Some(Ok(from))) => {
                return Ok(Operation::MountBlob {
                    repository,
                    digest,
                    from: Some(from),
                });
            }
            _ => {}
        }
        let single_post = !self.quirks.disable_single_post_upload;
        if let Some(digest) = self.query.get("digest")?.filter(|_| single_post) {
            return Ok(Operation::PushBlob {
                repository,
                digest: Digest::parse(&digest)?,
            });
        }
        let algorithm = self
            .query
            .get("digest-algorithm")?
            .map(|name| name.parse())
            .transpose()?;
        Ok(Operation::StartUpload {
            repository,
            algorithm,
        })
    }

    fn upload(&self, repository: RepositoryName, session: &str) -> Result<Operation, Error> {
        let range = self.chunked();
        if self.method == Method::PUT {
            let digest = self.query.get("digest")?.unwrap_or_default();
            let digest = Digest::parse(&digest)?;
            return Ok(Operation::CloseUpload {
                repository,
                session: SessionId::parse(session)?,
                range,
                digest,
            });
        }
        let session = SessionId::parse(session)?;
        Ok(match *self.method {
            Method::PATCH => Operation::UploadChunk {
                repository,
                session,
                range,
            },
            Method::DELETE => Operation::CancelUpload {
                repository,
                session,
            },
            _ => Operation::UploadStatus {
                repository,
                session,
            },
        })
    }

    fn chunked(&self) -> Option<Chunked> {
        let text = self.headers.get(CONTENT_RANGE)?;
        Some(
            ChunkRange::parse(text.to_str().unwrap_or("?")).map_err(|fault| match fault {
                RangeFault::Malformed(text) => text,
                RangeFault::OutOfOrder { .. }
                | RangeFault::Length { .. }
                | RangeFault::Overtaken => String::new(),
            }),
        )
    }

    fn blob(&self, repository: RepositoryName, digest: &str) -> Result<Operation, Error> {
        let digest = Digest::parse(digest)?;
        Ok(match *self.method {
            Method::DELETE => Operation::DeleteBlob { repository, digest },
            _ => Operation::PullBlob { repository, digest },
        })
    }

    fn manifest(&self, repository: RepositoryName, reference: &str) -> Result<Operation, Error> {
        let reference = match Reference::parse(reference) {
            // A tag that cannot be is a tag that is not there, except to somebody who wants to make it.
            Err(Error::TagInvalid { tag, .. }) if self.method != Method::PUT => {
                return Err(Error::ReferenceUnknown { reference: tag });
            }
            other => other?,
        };
        Ok(match (self.method, reference) {
            (&Method::PUT, reference) => {
                let tags = self
                    .query
                    .all("tag")
                    .map(|tag| Tag::parse(&tag?))
                    .collect::<Result<Vec<_>, _>>()?;
                let content_type = self
                    .headers
                    .get(CONTENT_TYPE)
                    .and_then(|value| value.to_str().ok());
                let media_type = content_type.and_then(MediaType::parse);
                Operation::PushManifest {
                    repository,
                    reference,
                    tags,
                    media_type,
                }
            }
            (&Method::DELETE, Reference::Digest(digest)) => {
                Operation::DeleteManifest { repository, digest }
            }
            (&Method::DELETE, Reference::Tag(tag)) => Operation::DeleteTag { repository, tag },
            (_, reference) => Operation::PullManifest {
                repository,
                reference,
            },
        })
    }

    fn referrers(&self, repository: RepositoryName, subject: &str) -> Result<Operation, Error> {
        let subject = Digest::parse(subject)?;
        let artifact_type = self
            .query
            .get("artifactType")?
            .map(String::from)
            .filter(|text| !text.is_empty());
        Ok(Operation::ListReferrers {
            repository,
            subject,
            artifact_type,
            page: Page::parse(self.query, self.quirks)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_parses_back() {
        let settings = Settings::default();
        let hex = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
        for (method, target) in [
            ("GET", "/".to_owned()),
            ("GET", "/v2/".to_owned()),
            ("GET", format!("/v2/a/b/blobs/sha256:{hex}")),
            ("DELETE", format!("/v2/a/b/blobs/sha256:{hex}")),
            ("GET", "/v2/a/manifests/latest".to_owned()),
            (
                "PUT",
                format!("/v2/a/manifests/sha256:{hex}?tag=one&tag=two"),
            ),
            ("DELETE", format!("/v2/a/manifests/sha256:{hex}")),
            ("DELETE", "/v2/a/manifests/latest".to_owned()),
            ("POST", "/v2/a/blobs/uploads/".to_owned()),
            (
                "POST",
                "/v2/a/blobs/uploads/?digest-algorithm=sha512".to_owned(),
            ),
            ("POST", format!("/v2/a/blobs/uploads/?digest=sha256:{hex}")),
            ("POST", format!("/v2/a/blobs/uploads/?mount=sha256:{hex}")),
            (
                "POST",
                format!("/v2/a/blobs/uploads/?mount=sha256:{hex}&from=b/c"),
            ),
            ("PATCH", "/v2/a/blobs/uploads/MQ".to_owned()),
            ("GET", "/v2/a/blobs/uploads/MQ".to_owned()),
            ("DELETE", "/v2/a/blobs/uploads/MQ".to_owned()),
            ("PUT", format!("/v2/a/blobs/uploads/MQ?digest=sha256:{hex}")),
            ("GET", "/v2/a/tags/list?n=2&last=x".to_owned()),
            (
                "GET",
                format!("/v2/a/referrers/sha256:{hex}?artifactType=application/x%2By&n=1"),
            ),
            ("GET", "/v2/_catalog?last=a/b".to_owned()),
            ("GET", "/v2/_oci/ext/discover".to_owned()),
        ] {
            let method: Method = method.parse().unwrap();
            let parsed = Operation::parse(
                &method,
                &target.parse().unwrap(),
                &HeaderMap::new(),
                &settings,
            );
            assert_eq!(parsed.unwrap().target(), target);
        }
    }
}
