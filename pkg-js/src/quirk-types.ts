// Made of the data by `UPDATE=1 cargo test --test listing`.

/** The registries that this one can behave like. */
export type ProfileName =
  | "spec"
  | "docker-hub"
  | "ecr"
  | "ecr-public"
  | "ghcr"
  | "artifact-registry"
  | "acr"
  | "quay"
  | "gitlab"
  | "artifactory"
  | "harbor"
  | "gitea"
  | "distribution"
  | "registry2"
  | "zot"
  | "broken-image-reg"
  | "ociserver"
  | "ociserver-2024-09";

/** A registry to behave like, or one with switches of its own. */
export type Profile = ProfileName | { name?: ProfileName; quirks?: Quirks };

/** How a registry deviates from the spec. What is not set is as the profile has it. */
export interface Quirks {
  /** Errors have another registry's words and codes. */
  errorTable?: "spec" | "ociserver" | "ociserver-2024-09";
  /** `GET /v2/` answers with no body. */
  emptyCheck?: boolean;
  /** `GET /v2/` is 200 for everybody, whatever the rest asks for. */
  openCheck?: boolean;
  /** A bad name is answered by 200 and a page in HTML. */
  htmlForBadName?: boolean;
  /** A manifest that is not there is 403. */
  deniedWhenMissing?: boolean;
  /** How the `Location` of an upload is written. */
  uploadLocation?: "path" | "absolute" | "absolute-with-state" | "path-with-state" | "outside" | "other-host" | "missing";
  /** The `Location` of an upload, with `{id}` and `{repository}` replaced. */
  LocationForUploadID?: string | null;
  /** The `Range` of an upload does not say what has arrived. */
  uploadRange?: "spec" | "stuck" | "bytes";
  /** A session that was never opened is made when a chunk for it arrives. */
  uploadOnSight?: boolean;
  /** Answers about an upload have a header of so many bytes; Node takes 16 KiB of headers in all. */
  uploadHeaderBytes?: number | null;
  /** The status of an upload is 404. */
  noUploadStatus?: boolean;
  /** `POST …/blobs/uploads/?digest=` opens a session. */
  DisableSinglePostUpload?: boolean;
  /** How many chunks an upload may have. */
  chunkedUpload?: "spec" | "none" | "one-stream";
  /** The closing PUT of a session that has no bytes may bring none: 404 `BLOB_UNKNOWN`. */
  putNeedsPatch?: boolean;
  /** A longer body of a blob or chunk is 416. */
  maxBodyBytes?: number | null;
  /** What becomes of a mount. */
  mounts?: "spec" | "denied" | "needs-from" | "from-only" | "session";
  /** A push to a repository that is not there is 404 `NAME_UNKNOWN`. */
  repositoriesMustExist?: boolean;
  /** A manifest of any type is kept unread when it cannot be read. */
  opaqueManifests?: boolean;
  /** Children of an index may be missing. */
  LaxChildReferences?: boolean;
  /** Which types a config may have. */
  configTypes?: "any" | "known" | "not-empty";
  /** Children of an index are manifests, or it is 400. */
  plainIndexes?: boolean;
  /** The push of a manifest comes without `Location`. */
  omitManifestLocation?: boolean;
  /** A tag cannot be moved or deleted, nor a manifest that has one. */
  ImmutableTags?: boolean;
  /** How `ImmutableTags` refuses a push. */
  immutableTagForm?: "spec" | "tag-invalid";
  /** Every delete of a tag, manifest or blob is 405. */
  refuseDeletes?: boolean;
  /** A blob that a manifest names cannot be deleted: 405. */
  keepUsedBlobs?: boolean;
  /** A manifest pulled by tag comes without `Docker-Content-Digest`. */
  OmitDigestFromTagGetResponse?: boolean;
  /** A manifest comes without `Docker-Content-Digest`; its HEAD has it. */
  omitDigestFromManifestGet?: boolean;
  /** The HEAD of a blob comes without `Docker-Content-Digest`. */
  omitDigestFromBlobHead?: boolean;
  /** A blob missing in an unknown repository is `BLOB_UNKNOWN`. */
  blobBeforeName?: boolean;
  /** A manifest can be pulled as a blob. */
  manifestsAsBlobs?: boolean;
  /** Blobs are pulled from elsewhere. */
  blobRedirect?: "none" | "presigned";
  /** Where pulls are sent (307), with `{digest}` and `{repository}` replaced. */
  LocationsForDescriptor?: string | null;
  /** What was pushed cannot be pulled for so many milliseconds. */
  readLagMs?: number | null;
  /** What leads from one page of a list to the next. */
  listCursor?: "last" | "next-page" | "opaque" | "count";
  /** How the `Link` to the next page is written. */
  linkForm?: "path" | "absolute" | "bare" | "internal";
  /** A page comes without `Link`. */
  OmitLinkHeaderFromResponses?: boolean;
  /** The longest page of a list; one asked for longer is cut. */
  listPageCap?: number | null;
  /** The longest page of a list; a longer one asked for is 400 `UNSUPPORTED`. */
  MaxListPageSize?: number | null;
  /** `n` and `last` do nothing. */
  IgnorePagination?: boolean;
  /** A list of tags has `child` and `manifest` as well. */
  tagListMaps?: boolean;
  /** There is no list of tags: 404. */
  noTagList?: boolean;
  /** What `/v2/_catalog` is. */
  catalogForm?: "spec" | "unauthorized" | "not-found" | "text";
  /** `/referrers/` is 404, and a push comes without `OCI-Subject`. */
  DisableReferrersAPI?: boolean;
  /** `/referrers/` answers 200 and means nothing. */
  referrersForm?: "spec" | "empty" | "html";
  /** A push answers `OCI-Subject` whether referrers are listed or not. */
  claimSubject?: boolean;
  /** `artifactType` does nothing. */
  DisableReferrersFiltering?: boolean;
  /** An empty list of referrers is `null`. */
  nullReferrers?: boolean;
  /** Referrers of an unknown repository are 404. */
  referrersNeedRepository?: boolean;
  /** The tag `sha256-…` that referrers fall back to is the subject itself, until it is pushed. */
  fallbackTagIsSubject?: boolean;
  /** How `WWW-Authenticate` is written. */
  challengeForm?: "spec" | "none" | "several" | "commas" | "unquoted" | "lower-case";
  /** What scope a challenge names. */
  challengeScope?: "spec" | "narrow" | "none" | "bare";
  /** Where a challenge sends for a token, whatever is there. */
  challengeRealm?: string | null;
  /** What the token endpoint does. */
  tokenEndpoint?: "spec" | "not-found" | "too-many" | "slow" | "html" | "empty";
  /** How long a token is refused at first, as by a host whose clock lags. */
  tokenNotBeforeMs?: number | null;
  /** How long a token lasts in fact, whatever `expires_in` says. */
  tokenLifeMs?: number | null;
  /** With auth, every answer sets a cookie, and who returns it may not write. */
  cookieTrap?: boolean;
}
