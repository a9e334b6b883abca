import { createHash } from "node:crypto";
import { existsSync, realpathSync, statSync } from "node:fs";
import { basename } from "node:path";
import { TextDecoder, TextEncoder } from "node:util";

import { reason } from "../errors.js";
import { printImages, printListed, type Listed } from "../images.js";
import { images } from "../index.node.js";
import { ArchiveFile } from "../node/archive.js";
import { folder } from "../node/folder.js";
import { Client, type Site } from "./client.js";
import { mistake } from "./flags.js";

const text = { TextDecoder, TextEncoder } as unknown as typeof globalThis;

/** Everything that a registry may have a manifest as. */
const ACCEPTED = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "*/*;q=0.5",
].join(", ");

/** `registrette catalog URL|PATH`: prints what there is, as the native command does. */
export async function catalog(args: readonly string[]): Promise<void> {
  const flags = args.filter((arg) => arg.startsWith("--"));
  const [of, ...more] = args.filter((arg) => !arg.startsWith("--"));
  const unknown = flags.find((flag) => flag !== "--json" && flag !== "--raw");
  if (unknown !== undefined) throw mistake(`there is no argument ${JSON.stringify(unknown)}`, USAGE);
  if (of === undefined || more.length > 0) throw mistake("catalog takes one registry or path", USAGE);
  if (flags.length > 1) throw mistake("--json and --raw are two forms", "give one of them");
  const form = flags[0] === "--json" ? "json" : flags[0] === "--raw" ? "raw" : "text";
  const site = siteOf(of);
  const printed = (site === undefined ? ofPath(of, form) : await ofRegistry(site, form)).trimEnd();
  if (printed !== "") console.log(printed);
}

const USAGE = "Usage: registrette catalog URL|PATH [--json|--raw]";

type Form = "json" | "raw" | "text";

/** Where a registry is; nowhere where a path is meant. */
function siteOf(of: string): Site | undefined {
  const [, scheme, rest] = /^(https?|docker):\/\/(.+?)\/*$/.exec(of) ?? [];
  const host = rest ?? of.replace(/\/+$/, "");
  if (scheme === undefined && (/^[/.~]/.test(of) || existsSync(of) || !/[.:]|^localhost$/.test(of))) return undefined;
  if (host.includes("/")) throw mistake(`${JSON.stringify(of)} names more than a registry`, "give its host and port");
  // Docker's own registry goes by a name that does not answer.
  const at = /^(index\.)?docker\.io$/.test(host) ? "registry-1.docker.io" : host;
  if (scheme === "http" || scheme === "https") return { origin: `${scheme}://${at}`, host };
  const isLoopback = /^(localhost|\[::1\]|127\.[\d.]+|[^/]+\.localhost)(:\d+)?$/.test(host);
  return { origin: `${isLoopback ? "http" : "https"}://${at}`, host };
}

function ofPath(path: string, form: Form): string {
  let file: ArchiveFile | undefined;
  try {
    const name = basename(realpathSync(path));
    const given = statSync(path).isDirectory() ? folder(path).images : (file = new ArchiveFile(path));
    const options = { name: { name, isFile: true }, place: path, asJson: form !== "text" };
    const printed = printImages(images(), text, given, options);
    if (form !== "raw") return printed;
    const repositories = (JSON.parse(printed) as { repository: string }[]).map(({ repository }) => repository);
    return JSON.stringify({ repositories: [...new Set(repositories)] });
  } catch (thrown) {
    throw mistake(reason(thrown), "give an OCI layout, an archive of one or of docker save, or a registry's storage");
  } finally {
    file?.close();
  }
}

async function ofRegistry(site: Site, form: Form): Promise<string> {
  const client = new Client(site);
  if (form === "raw") return (await client.get("/v2/_catalog", ALL)).text();
  const listed: Listed[] = [];
  for (const repository of await list(client, "/v2/_catalog?n=1000", ALL, "repositories")) {
    const scope = `repository:${repository}:pull`;
    for (const tag of await list(client, `/v2/${repository}/tags/list?n=1000`, scope, "tags")) {
      const answer = await client.get(`/v2/${repository}/manifests/${tag}`, scope, { Accept: ACCEPTED });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
      const mediaType = (answer.headers.get("Content-Type") ?? "").split(";")[0]!.trim();
      const said = answer.headers.get("Docker-Content-Digest") ?? digest;
      if (said.startsWith("sha256:") && said !== digest) {
        throw mistake(`${repository}:${tag} is said to be ${said}, and is ${digest}`, "ask a registry that is whole");
      }
      listed.push({ repository, tag, digest: said, mediaType, bytes });
    }
  }
  return printListed(images(), text, listed, { place: site.origin, asJson: form === "json" });
}

/** The scope of the list of repositories. */
const ALL = "registry:catalog:*";

/** All pages of a list. */
async function list(client: Client, first: string, scope: string, member: "repositories" | "tags"): Promise<string[]> {
  const names = new Set<string>();
  const seen = new Set<string>();
  for (let url: string | undefined = first; url !== undefined;) {
    if (seen.has(url)) throw mistake(`${url}: its pages go round in a circle`, "ask another registry");
    seen.add(url);
    const answer = await client.get(url, scope);
    const page = (await answer.json().catch((thrown: unknown) => {
      throw mistake(`${answer.url}: it is no list: ${reason(thrown)}`, "is that a registry?");
    })) as Record<string, string[] | null>;
    for (const name of page[member] ?? []) names.add(name);
    const [, next] = /<([^>]*)>.*next/.exec(answer.headers.get("Link") ?? "") ?? [];
    url = next === undefined ? undefined : new URL(next, answer.url).href;
  }
  return [...names];
}
