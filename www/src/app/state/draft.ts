// The request that is being written.

import { signal } from "@preact/signals";

import { asText, fromHex, toHex, utf8 } from "../../shared/format.js";
import type { Header, HttpRequest } from "../../shared/http.js";
import { placeOf } from "../../shared/links.js";
import type { Transport } from "../../shared/connection.js";
import { NOTHING, quietly, v2 } from "./registry.js";

export interface Row {
  id: number;
  isOn: boolean;
  name: string;
  value: string;
}

export type BodyKind = "text" | "hex" | "file" | "digest";

export interface Draft {
  method: string;
  target: string;
  rows: Row[];
  body: BodyKind;
  text: string;
  hex: string;
  file?: File;
  digest: string;
  via: Transport;
}

let rows = 0;
export const row = (name = "", value = ""): Row => ({ id: ++rows, isOn: true, name, value });

const EMPTY: Draft = {
  method: "GET",
  target: "/v2/",
  rows: [],
  body: "text",
  text: "",
  hex: "",
  digest: "",
  via: "fetch",
};

export const draft = signal<Draft>(EMPTY);

export function edit(change: Partial<Draft>): void {
  draft.value = { ...draft.peek(), ...change };
}

export const editRow = (id: number, change: Partial<Row>): void =>
  edit({ rows: draft.peek().rows.map((one) => (one.id === id ? { ...one, ...change } : one)) });

/** Fills the draft with a request. */
export function fill(request: HttpRequest, via: Transport = draft.peek().via): void {
  const text = asText(request.body);
  draft.value = {
    ...EMPTY,
    via,
    method: request.method,
    target: request.target,
    rows: request.headers.map(([name, value]) => row(name, value)),
    ...(text === undefined ? { body: "hex", hex: toHex(request.body) } : { text }),
  };
}

export const headersOf = ({ rows }: Draft): Header[] =>
  rows.filter(({ isOn, name }) => isOn && name.trim() !== "").map(({ name, value }) => [name.trim(), value]);

/** How long the body is, as far as that is known before it is read. */
export function bodyLength(of: Draft): number {
  if (of.body === "text") return utf8(of.text).length;
  if (of.body === "file") return of.file?.size ?? 0;
  if (of.body === "digest") return 0;
  const bytes = fromHex(of.hex);
  return typeof bytes === "string" ? 0 : bytes.length;
}

/** The draft as a request, without a body that would have to be read first. */
export function asRequest(of: Draft): HttpRequest & { file?: string } {
  const { method, target } = of;
  const bytes = of.body === "text" ? utf8(of.text) : of.body === "hex" ? fromHex(of.hex) : NOTHING;
  const body = typeof bytes === "string" ? NOTHING : bytes;
  const file = of.body === "file" ? of.file?.name : of.body === "digest" && of.digest ? "body.bin" : undefined;
  return { method: method.toUpperCase(), target, headers: headersOf(of), body, ...(file !== undefined && { file }) };
}

/** The body to send, or what is wrong with it. */
export async function bodyOf(of: Draft, limit: number): Promise<Uint8Array | File | string> {
  if (of.body === "text") return utf8(of.text);
  if (of.body === "hex") {
    const bytes = fromHex(of.hex);
    return typeof bytes === "string" ? `The body is no hex: ${bytes}.` : bytes;
  }
  if (of.body === "digest") return fetched(of);
  if (!of.file) return NOTHING;
  if (of.file.size > limit) {
    const [is, may] = [of.file.size, limit].map((bytes) => `${Math.ceil(bytes / 1e6)} MB`);
    return `${of.file.name} has ${is}, and the registry holds at most ${may}. Nothing was sent.`;
  }
  return of.file;
}

/** The content of this digest, wherever it is in the repository that the target names. */
async function fetched({ digest, target }: Draft): Promise<Uint8Array | string> {
  const wanted = digest.trim();
  if (wanted === "") return NOTHING;
  const { repository } = placeOf(target);
  if (repository === undefined) return "The target names no repository to take the content from.";
  for (const kind of ["blobs", "manifests"]) {
    const { status, body } = await quietly("GET", v2(`${repository}/${kind}/${encodeURIComponent(wanted)}`));
    if (status === 200) return body;
  }
  return `There is no ${wanted} in ${repository}. Nothing was sent.`;
}
