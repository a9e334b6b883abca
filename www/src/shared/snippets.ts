// The same request for other hands: JavaScript's fetch, and the lines of crane, oras and regctl where there are such.

import { asText, isDigest, toBase64 } from "./format.js";
import { header, type HttpRequest } from "./http.js";
import { quote, toCurl } from "./shell.js";
import { parseTarget } from "./target.js";

export interface Snippet {
  /** `curl`, `fetch`, `crane`, … */
  tool: string;
  text: string;
}

/** All lines there are for a request, the most usual first. */
export function snippets(request: HttpRequest & { file?: string }, origin: string): Snippet[] {
  const lines = clientLines(request, origin);
  return [{ tool: "curl", text: toCurl(request, origin) }, { tool: "fetch", text: toFetch(request) }, ...lines];
}

/** A snippet for the console of a page of the same origin. */
export function toFetch({ method, target, headers, body, file }: HttpRequest & { file?: string }): string {
  const members: string[] = [];
  if (method !== "GET") members.push(`method: ${JSON.stringify(method)}`);
  if (headers.length > 0) members.push(`headers: ${JSON.stringify(headers)}`);
  // A file comes from a field of the page.
  if (file !== undefined) members.push('body: document.querySelector("input[type=file]").files[0]');
  else if (body.length > 0) {
    const text = asText(body);
    const bytes = `Uint8Array.from(atob(${JSON.stringify(toBase64(body))}), (c) => c.charCodeAt(0))`;
    // A text brings a type of its own; bytes bring none.
    const isTyped = header(headers, "content-type") !== undefined;
    members.push(`body: ${text !== undefined && isTyped ? JSON.stringify(text) : bytes}`);
  }
  const init = members.length > 0 ? `, {\n  ${members.join(",\n  ")},\n}` : "";
  return `await fetch(${JSON.stringify(target)}${init})`;
}

function clientLines(request: HttpRequest, origin: string): Snippet[] {
  const host = origin.replace(/^https?:\/\//, "");
  const isPlain = origin.startsWith("http:");
  const { operation, repository = "", reference = "" } = parseTarget(request.method, request.target);
  const name = `${host}/${repository}`;
  const object = quote(isDigest(reference) ? `${name}@${reference}` : `${name}:${reference}`);
  const type = quote(header(request.headers, "content-type") ?? "application/vnd.oci.image.manifest.v1+json");
  const oras = isPlain && !/^localhost(:|$)/.test(host) ? "--plain-http " : "";
  const lines: Record<string, string[]> = {
    catalog: [`crane catalog ${host}`, `oras repo ls ${oras}${host}`, `regctl repo ls ${host}`],
    "tags.list": [`crane ls ${name}`, `oras repo tags ${oras}${name}`, `regctl tag ls ${name}`],
    "manifest.get": [
      `crane manifest ${object}`,
      `oras manifest fetch ${oras}${object}`,
      `regctl manifest get --format raw-body ${object}`,
    ],
    "manifest.head": [`crane digest ${object}`, `oras resolve ${oras}${object}`, `regctl manifest head ${object}`],
    "manifest.put": [
      `oras manifest push ${oras}--media-type ${type} ${object} manifest.json`,
      `regctl manifest put --content-type ${type} ${object} < manifest.json`,
    ],
    "manifest.delete": [
      `crane delete ${object}`,
      `oras manifest delete --force ${oras}${object}`,
      isDigest(reference) ? `regctl manifest delete ${object}` : `regctl tag rm ${object}`,
    ],
    "blob.get": [
      `crane blob ${object}`,
      `oras blob fetch ${oras}--output - ${object}`,
      `regctl blob get ${name} ${reference}`,
    ],
    "blob.head": [`oras blob fetch ${oras}--descriptor ${object}`, `regctl blob head ${name} ${reference}`],
    "blob.put": [`oras blob push ${oras}${name} body.bin`, `regctl blob put ${name} < body.bin`],
    "upload.start": [`oras blob push ${oras}${name} body.bin`, `regctl blob put ${name} < body.bin`],
    "blob.delete": [`oras blob delete --force ${oras}${object}`, `regctl blob delete ${name} ${reference}`],
    "referrers.list": [`oras discover ${oras}${object}`, `regctl artifact list ${object}`],
  };
  return (lines[operation] ?? []).map((line) => {
    const [tool = ""] = line.split(" ");
    // regctl speaks TLS unless it is told otherwise.
    const text = tool === "regctl" && isPlain ? line.replace("regctl", `regctl --host reg=${host},tls=disabled`) : line;
    return { tool, text };
  });
}
