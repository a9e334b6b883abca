// How a case is run: an empty registry, what the case needs in it, then its requests. `tests/vectors/replay.rs` does the
// same for the core.

import { readFileSync } from "node:fs";

import { HOST } from "./carriers.mjs";
import { check, join } from "./check.mjs";

export const load = (name) =>
  JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), "utf8"));

/** Runs a case; throws what is wrong. `seen` is told of every request and its answer. */
export async function run(Carrier, testCase, how, seen = () => {}) {
  const carrier = await Carrier.start(how.ociserver ? { profile: "ociserver-2024-09" } : {});
  try {
    const replay = new Replay(carrier, testCase, how, seen);
    await replay.setUp();
    for (const step of steps(testCase, how)) if (await replay.step(step)) break;
  } finally {
    await carrier.close();
  }
}

function steps(testCase, { ociserver }) {
  if (testCase.steps) return testCase.steps;
  let { expect = {} } = testCase;
  if (!ociserver && testCase.strictExpect) expect = testCase.strictExpect;
  else if (!ociserver && testCase.alsoRight?.length > 0) expect = { anyOf: [expect, ...testCase.alsoRight] };
  return [{ request: testCase.request, expect }];
}

/** What is wanted, with this project's choice in the place of what the spec allows. */
function preferring(allowed, wanted) {
  const { statusIn: _, codeIn: __, anyOf: ___, ...rest } = allowed;
  const headers = Object.keys(wanted.headers ?? {}).length > 0 ? wanted.headers : allowed.headers;
  return { ...rest, ...wanted, headers };
}

class Replay {
  constructor(carrier, testCase, how, seen) {
    this.carrier = carrier;
    this.case = testCase;
    this.how = how;
    this.seen = seen;
    this.strictness = { prefer: how.prefer, looseBodies: !how.ociserver && !testCase.steps };
    this.sessions = new Map();
    this.saved = new Map();
  }

  async setUp() {
    const { blobs = {}, manifests = [], uploads = {} } = this.case.setup ?? {};
    const octets = [["Content-Type", "application/octet-stream"]];
    for (const [repository, contents] of Object.entries(blobs)) {
      for (const [digest, content] of Object.entries(contents)) {
        await this.push("POST", `/v2/${repository}/blobs/uploads/?digest=${digest}`, octets, content, 201);
      }
    }
    for (const { path, body, mediaType } of manifests) {
      await this.push("PUT", `/v2/${path}`, [["Content-Type", mediaType]], body, 201);
    }
    for (const [id, content] of Object.entries(uploads)) {
      const named = `/v2/foo/blobs/uploads/${id}`;
      let target = named;
      if (!this.how.ociserver) {
        const start = "/v2/foo/blobs/uploads/";
        const opened = await this.push("POST", start, [], "", 202);
        target = resolve(start, opened.header("Location"));
      }
      const range = ["Content-Range", `0-${content.length - 1}`];
      const answer = await this.push("PATCH", target, [...octets, range], content, 202);
      if (!this.how.ociserver) this.sessions.set(named, resolve(target, answer.header("Location")));
    }
  }

  async push(method, target, headers, body, wanted) {
    const answer = await this.send({ method, target, headers, body: Buffer.from(body), chunked: false });
    if (answer.status === wanted) return answer;
    throw new Error(`what it needs was refused: ${method} ${target}: ${answer.status} ${answer.body}`);
  }

  async send(request) {
    const answer = await this.carrier.send(request);
    this.seen(request, answer);
    return answer;
  }

  /** Asks once; `true` when the case ends here. */
  async step({ request, expect, prefer, save = {}, endOn = [] }) {
    const target = this.target(request);
    const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name, this.fill(value)]);
    const asked = { method: request.method, target, headers, body: body(request), chunked: request.chunked ?? false };
    const answer = await this.ask(asked, !request.noFollow);
    const wanted = prefer && this.how.prefer ? preferring(expect, prefer) : expect;
    const faults = check(wanted, answer, request.method, this.strictness);
    if (faults.length > 0) {
      const got = `${answer.status} ${JSON.stringify(answer.headers)} ${answer.body.subarray(0, 400)}`;
      throw new Error(`${request.method} ${target}\n  got ${got}\n  but ${faults.join("\n  but ")}`);
    }
    if (endOn.includes(answer.status)) return true;
    for (const [name, source] of Object.entries(save)) this.saved.set(name, saved(target, source, answer));
    return false;
  }

  /** Asks, and follows redirects as far as the spec lets a client. */
  async ask(asked, follow) {
    let request = asked;
    for (let i = 0; i < 6; i++) {
      const answer = await this.send(request);
      const { status } = answer;
      const isRead = ["GET", "HEAD"].includes(request.method);
      const moves = status === 307 || status === 308 || (status >= 301 && status <= 303 && isRead);
      const location = answer.header("Location");
      if (!follow || !moves || location === undefined) return answer;
      request = { ...request, target: resolve(request.target, location) };
    }
    throw new Error("too many redirects");
  }

  target(request) {
    const [path, query = ""] = split(request.path);
    const session = this.sessions.get(path);
    let target = this.fill(request.path);
    if (session !== undefined) target = query === "" ? session : `${session}${separator(session)}${query}`;
    if (target === "") throw new Error(`nothing saved for ${path}`);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      const quoted = encodeURIComponent(value).replaceAll("%3A", ":").replaceAll("%2F", "/");
      target = `${target}${separator(target)}${name}=${quoted}`;
    }
    return target;
  }

  fill(text) {
    let filled = text;
    for (const [name, value] of this.saved) filled = filled.replaceAll(`\${${name}}`, value);
    return filled;
  }
}

const separator = (target) => (target.includes("?") ? "&" : "?");

function split(path) {
  const at = path.indexOf("?");
  return at < 0 ? [path] : [path.slice(0, at), path.slice(at + 1)];
}

function body({ body, bodyBase64, bodyParts }) {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, "base64");
  return bodyParts ? join(bodyParts) : Buffer.from(body ?? "");
}

function saved(target, source, answer) {
  if (source === "header:Location") {
    const location = answer.header("Location");
    return location === undefined ? "" : resolve(target, location);
  }
  if (source.startsWith("header:")) return answer.header(source.slice(7)) ?? "";
  if (source !== "link:next") throw new Error(`nothing to save: ${source}`);
  const link = /^<([^>]*)>/.exec(answer.header("Link") ?? "");
  return link ? resolve(target, link[1]) : "";
}

/** The target that a reference names, seen from another. */
function resolve(target, reference) {
  if (reference === undefined) throw new Error("no Location");
  const absolute = /^[a-z]+:\/\/([^/]*)(.*)$/.exec(reference);
  if (absolute) {
    if (absolute[1] !== HOST) throw new Error(`another host: ${reference}`);
    return absolute[2] || "/";
  }
  const [path] = split(target);
  if (reference.startsWith("/")) return reference;
  return reference.startsWith("?") ? path + reference : path.slice(0, path.lastIndexOf("/") + 1) + reference;
}
