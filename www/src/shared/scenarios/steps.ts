// Steps that several scenarios have.

import type { Step } from "../scenario.js";
import { IMAGE, type Piece } from "./content.js";

/** A blob in one request. */
export const pushBlob = (name: string, { text, digest }: Piece, say: string): Step => ({
  say,
  req: {
    method: "POST",
    target: `/v2/${name}/blobs/uploads/?digest=${digest}`,
    headers: { "Content-Type": "application/octet-stream" },
    body: text,
  },
  expect: { status: 201, headers: { "Docker-Content-Digest": digest } },
});

/** A manifest, by a tag or by its digest. */
export const pushManifest = (name: string, { text, digest }: Piece, by: string, say: string, type = IMAGE): Step => ({
  say,
  req: { method: "PUT", target: `/v2/${name}/manifests/${by}`, headers: { "Content-Type": type }, body: text },
  expect: { status: 201, headers: { "Docker-Content-Digest": digest } },
});

/** An error of this code. */
export const fails = (
  say: string,
  method: string,
  target: string,
  status: number,
  code: string,
  more: Partial<Step["req"]> = {},
): Step => ({ say, req: { method, target, ...more }, expect: { status, body: `"code":"${code}"` } });
