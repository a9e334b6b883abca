import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { TextDecoder, TextEncoder } from "node:util";

import { reason } from "../errors.js";
import { printImages, printListed, type Listed } from "../images.js";
import { images } from "../index.node.js";
import { folder } from "../node/folder.js";
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
  const origin = originOf(of);
  const printed = (origin === undefined ? ofPath(of, form) : await ofRegistry(origin, form)).trimEnd();
  if (printed !== "") console.log(printed);
}

const USAGE = "Usage: registrette catalog URL|PATH [--json|--raw]";

type Form = "json" | "raw" | "text";

/** Where a registry is; nowhere where a path is meant. */
function originOf(of: string): string | undefined {
  const [, scheme, rest] = /^(https?|docker):\/\/(.+?)\/*$/.exec(of) ?? [];
  const host = rest ?? of.replace(/\/+$/, "");
  if (scheme === undefined && (/^[/.~]/.test(of) || existsSync(of) || !/[.:]|^localhost$/.test(of))) return undefined;
  if (host.includes("/")) throw mistake(`${JSON.stringify(of)} names more than a registry`, "give its host and port");
  if (scheme === "http" || scheme === "https") return `${scheme}://${host}`;
  const isLoopback = /^(localhost|\[::1\]|127\.[\d.]+|[^/]+\.localhost)(:\d+)?$/.test(host);
  return `${isLoopback ? "http" : "https"}://${host}`;
}

function ofPath(path: string, form: Form): string {
  try {
    const name = basename(resolve(path));
    const isFolder = statSync(path).isDirectory();
    const given = isFolder ? folder(path).images : new Uint8Array(readFileSync(path));
    const options = { name, place: path, asJson: form !== "text" };
    const printed = printImages(images(), text, given, options);
    if (form !== "raw") return printed;
    const repositories = (JSON.parse(printed) as { repository: string }[]).map(({ repository }) => repository);
    return JSON.stringify({ repositories: [...new Set(repositories)] });
  } catch (thrown) {
    throw mistake(reason(thrown), "give an OCI layout, an archive of one or of docker save, or a registry's storage");
  }
}

async function ofRegistry(origin: string, form: Form): Promise<string> {
  if (form === "raw") return (await get(`${origin}/v2/_catalog`)).text();
  const listed: Listed[] = [];
  for (const repository of await list(`${origin}/v2/_catalog?n=1000`, "repositories")) {
    for (const tag of await list(`${origin}/v2/${repository}/tags/list?n=1000`, "tags")) {
      const answer = await get(`${origin}/v2/${repository}/manifests/${tag}`, { Accept: ACCEPTED });
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
  return printListed(images(), text, listed, { place: origin, asJson: form === "json" });
}

/** All pages of a list. */
async function list(first: string, member: "repositories" | "tags"): Promise<string[]> {
  const names = new Set<string>();
  const seen = new Set<string>();
  for (let url: string | undefined = first; url !== undefined;) {
    if (seen.has(url)) throw mistake(`${url}: its pages go round in a circle`, "ask another registry");
    seen.add(url);
    const answer = await get(url);
    const page = (await answer.json().catch((thrown: unknown) => {
      throw mistake(`${url}: it is no list: ${reason(thrown)}`, "is that a registry?");
    })) as Record<string, string[] | null>;
    for (const name of page[member] ?? []) names.add(name);
    const [, next] = /<([^>]*)>.*next/.exec(answer.headers.get("Link") ?? "") ?? [];
    url = next === undefined ? undefined : new URL(next, url).href;
  }
  return [...names];
}

async function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { headers });
  } catch (thrown) {
    const { cause } = thrown as { cause?: unknown };
    throw mistake(`${url}: ${reason(cause ?? thrown)}`, "does the registry run, and is that its address?");
  }
  if (answer.ok) return answer;
  const said = (await answer.text()).trim().slice(0, 300);
  const hint = answer.status === 401 ? "the native registrette logs in by Docker's config file" : "see its answer";
  throw mistake(`${url}: ${answer.status} ${answer.statusText}${said && `: ${said}`}`, hint);
}
