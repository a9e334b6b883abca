// The same request as a line for another tool.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { test } from "node:test";

import { load } from "./load.mjs";

const { toCurl, quote } = await load("shared/shell");
const { snippets, toFetch } = await load("shared/snippets");
const { parseTarget } = await load("shared/target");

const DIGEST = `sha256:${"ab".repeat(32)}`;
const bytes = (text) => new TextEncoder().encode(text);

const REQUESTS = [
  { method: "GET", target: "/v2/", headers: [], body: bytes("") },
  { method: "HEAD", target: "/v2/a/manifests/v1?x=it's&y=$HOME", headers: [["Accept", "a/b, */*"]], body: bytes("") },
  { method: "POST", target: "/v2/a/blobs/uploads/", headers: [], body: bytes("") },
  {
    method: "PATCH",
    target: "/v2/a/blobs/uploads/1",
    headers: [
      ["Content-Range", "0-9"],
      ["Content-Length", "10"],
      ["Content-Type", "application/octet-stream"],
    ],
    body: bytes("01234'678\\"),
  },
  { method: "PUT", target: "/v2/a/b/../c/%2e%2e/d", headers: [["X-Empty", ""]], body: Uint8Array.of(0, 255, 10, 37) },
  { method: "PUT", target: "/v2/a/{b}[1]", headers: [], body: bytes("@not-a-file\n") },
  { method: "DELETE", target: "/v2/a/manifests/v1", headers: [], body: bytes("") },
  { method: "GET", target: "/v2/", headers: [["Authorization", "Basic YTpi"]], body: bytes("body of a GET") },
];

/** What arrives when a shell runs the line. */
async function arrives(line) {
  let seen;
  const server = createServer((req, res) => {
    const parts = [];
    req.on("data", (part) => parts.push(part));
    req.on("end", () => {
      const headers = [];
      for (let i = 0; i < req.rawHeaders.length; i += 2) headers.push(req.rawHeaders.slice(i, i + 2));
      seen = { method: req.method, target: req.url, headers, body: Buffer.concat(parts) };
      res.end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const script = line(`http://127.0.0.1:${server.address().port}`);
  await new Promise((resolve) => spawn("sh", ["-c", script], { stdio: "ignore" }).on("close", resolve));
  server.close();
  return seen;
}

const hasCurl = (() => {
  try {
    return execFileSync("curl", ["--version"]).length > 0;
  } catch {
    return false;
  }
})();

test("curl sends what was sent", { skip: !hasCurl && !process.env.CI && "there is no curl" }, async () => {
  for (const request of REQUESTS) {
    const seen = await arrives((origin) => toCurl(request, origin));
    ok(seen, toCurl(request, ""));
    strictEqual(seen.method, request.method);
    strictEqual(seen.target, request.target);
    deepStrictEqual(new Uint8Array(seen.body), request.body, toCurl(request, ""));
    for (const [name, value] of request.headers) {
      ok(
        seen.headers.some((header) => header[0] === name && header[1] === value),
        `${name} of ${toCurl(request, "")}`,
      );
    }
    const typed = request.headers.some(([name]) => name === "Content-Type");
    strictEqual(
      seen.headers.some(([name]) => name.toLowerCase() === "content-type"),
      typed,
    );
  }
});

test("words are quoted where the shell would read them otherwise", () => {
  strictEqual(quote("plain/word:1"), "plain/word:1");
  strictEqual(quote("it's"), "'it'\\''s'");
  strictEqual(quote(""), "''");
  strictEqual(quote("a?b&c"), "'a?b&c'");
});

test("the fetch line runs and sends the same", async () => {
  const run = async (text) => {
    const seen = {};
    const fetch = (target, init = {}) => Object.assign(seen, { target, ...init });
    await new Function("fetch", `return (async () => { ${text} })()`)(fetch);
    return seen;
  };
  for (const request of REQUESTS) {
    const { target, method = "GET", headers = [], body = "" } = await run(toFetch(request));
    deepStrictEqual([target, method, headers], [request.target, request.method, request.headers]);
    deepStrictEqual(typeof body === "string" ? bytes(body) : body, request.body);
  }
});

test("clients have lines where there is one", () => {
  const tools = (method, target) =>
    snippets({ method, target, headers: [], body: bytes("") }, "http://localhost:5000").map(({ tool, text }) => [
      tool,
      text,
    ]);
  deepStrictEqual(tools("GET", "/v2/demo/app/manifests/v1").slice(2), [
    ["crane", "crane manifest localhost:5000/demo/app:v1"],
    ["oras", "oras manifest fetch localhost:5000/demo/app:v1"],
    [
      "regctl",
      "regctl --host reg=localhost:5000,tls=disabled manifest get --format raw-body localhost:5000/demo/app:v1",
    ],
  ]);
  deepStrictEqual(tools("GET", `/v2/a/blobs/${DIGEST}`)[2], ["crane", `crane blob localhost:5000/a@${DIGEST}`]);
  deepStrictEqual(
    tools("PATCH", "/v2/a/blobs/uploads/1").map(([tool]) => tool),
    ["curl", "fetch"],
  );
});

test("a target is read from the right", () => {
  const read = (method, target) => {
    const { operation, repository, reference, prefix } = parseTarget(method, target);
    return [operation, repository, reference, prefix];
  };
  deepStrictEqual(read("GET", "/v2/"), ["ping", undefined, undefined, ""]);
  deepStrictEqual(read("GET", "/ui/v2/a/b/tags/list?n=1"), ["tags.list", "a/b", undefined, "/ui"]);
  deepStrictEqual(read("POST", "/v2/a/blobs/uploads/?mount=x&from=y"), ["blob.mount", "a", undefined, ""]);
  deepStrictEqual(read("POST", "/v2/a/blobs/uploads/?digest=x"), ["blob.put", "a", undefined, ""]);
  deepStrictEqual(read("PUT", "/v2/a/blobs/uploads/1?digest=x"), ["upload.put", "a", "1", ""]);
  deepStrictEqual(read("HEAD", "/v2/manifests/manifests/x"), ["manifest.head", "manifests", "x", ""]);
  deepStrictEqual(read("GET", "/index.html"), ["unknown", undefined, undefined, ""]);
});
