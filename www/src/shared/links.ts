// Where the strings of an answer lead: digests, tags, names, subjects, `Location` and `Link`.

import { isDigest } from "./format.js";
import type { Header } from "./http.js";
import { type Token, unquote } from "./json-tokens.js";
import { parseTarget } from "./target.js";

/** What an answer is about: links lead into the same repository. */
export interface Place {
  /** What stands before `/v2/`, such as `/ui`. */
  prefix: string;
  repository?: string;
}

export const MANIFEST_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

export function placeOf(target: string): Place {
  const { prefix, repository } = parseTarget("GET", target);
  return { prefix, ...(repository !== undefined && { repository }) };
}

const at = ({ prefix, repository }: Place, tail: string) => `${prefix}/v2/${repository}/${tail}`;

export const manifestTarget = (place: Place, reference: string): string => at(place, `manifests/${reference}`);
export const blobTarget = (place: Place, digest: string): string => at(place, `blobs/${digest}`);
export const tagsTarget = (place: Place): string => at(place, "tags/list");
export const referrersTarget = (place: Place, digest: string): string => at(place, `referrers/${digest}`);

/** Where a string of a JSON body leads, if anywhere. */
export function jsonLink(token: Token, place: Place): string | undefined {
  if (token.kind !== "string") return undefined;
  const value = unquote(token.text);
  const [last, before, first] = [token.path.at(-1), token.path.at(-2), token.path[0]];
  if (before === "repositories" && token.path.length === 2) return tagsTarget({ ...place, repository: value });
  if (place.repository === undefined) return undefined;
  if (before === "tags" && token.path.length === 2) return manifestTarget(place, value);
  if (last === "name" && token.path.length === 1 && value === place.repository) return tagsTarget(place);
  if (!isDigest(value)) return undefined;
  // These are digests of unpacked layers, under which nothing is kept.
  if (before === "diff_ids" || last !== "digest") return undefined;
  return first === "manifests" || first === "subject" ? manifestTarget(place, value) : blobTarget(place, value);
}

/** Where a header's value leads, if anywhere. */
export function headerLink([name, value]: Header, target: string): string | undefined {
  const low = name.toLowerCase();
  const place = placeOf(target);
  if (low === "location") return path(value);
  if (low === "link") {
    const url = /^<([^>]*)>/.exec(value)?.[1];
    return url === undefined ? undefined : path(url);
  }
  if (place.repository === undefined || !isDigest(value)) return undefined;
  if (low === "oci-subject") return manifestTarget(place, value);
  if (low !== "docker-content-digest") return undefined;
  return target.includes("/blobs/") ? blobTarget(place, value) : manifestTarget(place, value);
}

/** Path and query of a URL of this registry. */
function path(value: string): string | undefined {
  if (value.startsWith("/") && !value.startsWith("//")) return value;
  try {
    const url = new URL(value);
    return url.pathname + url.search;
  } catch {
    return undefined;
  }
}
