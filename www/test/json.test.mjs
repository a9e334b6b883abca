// JSON as it stands in the bytes, and where it leads.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";

import { load } from "./load.mjs";

const { tokenise, laidOut } = await load("shared/json-tokens");
const { jsonLink, headerLink, placeOf } = await load("shared/links");

const DIGEST = `sha256:${"ab".repeat(32)}`;
const joined = (tokens) => tokens.map(({ text }) => text).join("");

test("tokens are the text, whatever it is", () => {
  const texts = [
    '{"a": [1, 2.50, -0, 1e9], "a":true}\n',
    '  { "big": 12345678901234567890123 , "é\\n\\"": null }',
    '{"a": "unfinished',
    "[1, 2}}, nonsense ~ 01 \u0000",
    "",
    "not json at all",
    '{"a":{},"b":[]}',
  ];
  for (const text of texts) strictEqual(joined(tokenise(text)), text);
});

test("laid out, nothing changes but blanks outside of strings", () => {
  const text = '{"a b":[1,{"c":"x  y"},[]],"n":12345678901234567890}';
  const shown = joined(laidOut(tokenise(text)));
  strictEqual(
    shown,
    '{\n  "a b": [\n    1,\n    {\n      "c": "x  y"\n    },\n    []\n  ],\n  "n": 12345678901234567890\n}',
  );
  strictEqual(joined(laidOut(tokenise(shown)).filter(({ kind }) => kind !== "space")), text);
});

test("what is no JSON is marked", () => {
  const bad = (text) =>
    tokenise(text)
      .filter(({ kind }) => kind === "bad")
      .map(({ text }) => text);
  deepStrictEqual(bad('{"a":01, "b":nul, }]'), ["01", "nul", "]"]);
  deepStrictEqual(bad('["open'), ['"open']);
  deepStrictEqual(bad('{"a":[1,{"b":null}]}'), []);
});

const linksOf = (value, target) =>
  tokenise(JSON.stringify(value))
    .map((token) => jsonLink(token, placeOf(target)))
    .filter((link) => link !== undefined);

test("digests, tags and names lead on", () => {
  const at = "/v2/demo/app/manifests/v1";
  const one = { mediaType: "x", digest: DIGEST, size: 1 };
  const [blob, manifest] = [`/v2/demo/app/blobs/${DIGEST}`, `/v2/demo/app/manifests/${DIGEST}`];
  deepStrictEqual(linksOf({ config: one, layers: [one], subject: one }, at), [blob, blob, manifest]);
  deepStrictEqual(linksOf({ manifests: [one] }, at), [manifest]);
  deepStrictEqual(linksOf({ name: "demo/app", tags: ["v1"] }, "/v2/demo/app/tags/list"), [
    "/v2/demo/app/tags/list",
    "/v2/demo/app/manifests/v1",
  ]);
  deepStrictEqual(linksOf({ repositories: ["a/b"] }, "/ui/v2/_catalog"), ["/ui/v2/a/b/tags/list"]);
});

test("what nothing is kept under is no link", () => {
  deepStrictEqual(linksOf({ rootfs: { diff_ids: [DIGEST] } }, `/v2/a/blobs/${DIGEST}`), []);
  deepStrictEqual(linksOf({ config: { digest: "sha256:short" } }, "/v2/a/manifests/b"), []);
});

test("headers lead on, within the registry", () => {
  const link = (name, value, target) => headerLink([name, value], target);
  strictEqual(link("location", "/v2/a/blobs/uploads/1", "/v2/a/blobs/uploads/"), "/v2/a/blobs/uploads/1");
  strictEqual(link("Location", "http://localhost:1/v2/a/b?x=1", "/v2/"), "/v2/a/b?x=1");
  strictEqual(link("Link", '</v2/_catalog?last=a&n=1>; rel="next"', "/v2/_catalog?n=1"), "/v2/_catalog?last=a&n=1");
  strictEqual(link("OCI-Subject", DIGEST, "/v2/a/manifests/b"), `/v2/a/manifests/${DIGEST}`);
  strictEqual(link("Docker-Content-Digest", DIGEST, `/v2/a/blobs/${DIGEST}`), `/v2/a/blobs/${DIGEST}`);
  strictEqual(link("ETag", DIGEST, "/v2/a/manifests/b"), undefined);
});

test("what goes deep takes no longer than it is long", () => {
  const text = "[".repeat(50_000) + '"x"' + "]".repeat(50_000);
  const tokens = tokenise(text);
  strictEqual(tokens.length, 100_001);
  ok(joined(laidOut(tokens)).length < 10_000_000);
});
