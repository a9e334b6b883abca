// Links, filters, challenges, and what fetch refuses.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { load } from "./load.mjs";

const { toHash, fromHash } = await load("shared/share");
const { logFilter } = await load("shared/log-filter");
const { challengeOf, tokenRequest, tokenOf } = await load("shared/challenge");
const { headerFate, refusal, rewritten } = await load("shared/transport");

const request = {
  method: "PATCH",
  target: "/v2/a/blobs/uploads/1",
  headers: [
    ["Content-Range", "0-1"],
    ["Authorization", "Basic YTpi"],
  ],
  body: Uint8Array.of(0, 1, 255),
};

test("a view comes back from its link", async () => {
  for (const shared of [
    { kind: "home" },
    { kind: "object", target: "/v2/a/b/manifests/v1?x=%20" },
    { kind: "scenario", id: "chunked-416", step: 2 },
  ]) {
    deepStrictEqual(await fromHash(await toHash(shared)), shared);
  }
  const shared = { kind: "request", via: "direct", request };
  deepStrictEqual(await fromHash(await toHash(shared, true)), shared);
});

test("credentials stay at home unless they are asked for", async () => {
  const back = await fromHash(await toHash({ kind: "request", via: "fetch", request }));
  deepStrictEqual(back.request.headers, [["Content-Range", "0-1"]]);
});

test("nonsense is nothing", async () => {
  const pack = (value) => `#r=${deflateRawSync(JSON.stringify(value)).toString("base64url")}`;
  const hashes = [
    "#nonsense",
    "#r=",
    "#r=AAAA",
    "#r=%%%",
    "#s=",
    "#s=a/-1",
    "#s=a/99999",
    "#/nowhere",
    "#/v2/%E0%A4%A",
    pack({}),
    pack(["direct", 1, "/", [], ""]),
    pack(["direct", "GET", "/", [["a"]], ""]),
    pack(["carrier pigeon", "GET", "/", [], ""]),
    pack(["direct", "GET", "/", [], "*"]),
    pack("x".repeat(1 << 22)),
  ];
  for (const hash of hashes) strictEqual(await fromHash(hash), undefined, hash.slice(0, 40));
});

test("the filter takes words and names", () => {
  const entry = {
    method: "PATCH",
    target: "/v2/demo/app/x",
    status: 416,
    via: "direct",
    client: "tab2",
    isFault: true,
  };
  const fits = (text) => logFilter(text)({ isCold: false, ...entry });
  for (const text of [
    "",
    "demo",
    "status:4xx",
    "status:416 method:patch",
    "is:fault",
    "via:direct",
    "-is:cold",
    "APP",
  ]) {
    ok(fits(text), text);
  }
  for (const text of ["other", "status:2xx", "status:41", "method:GET", "is:cold", "-demo", "demo status:5xx"]) {
    ok(!fits(text), text);
  }
});

test("a challenge is read and followed on this origin alone", () => {
  const value = 'Bearer realm="http://h/_token",service="registry \\"x\\"",scope="repository:a:pull,push"';
  const challenge = challengeOf([["WWW-Authenticate", value]]);
  deepStrictEqual(challenge, {
    scheme: "bearer",
    realm: "http://h/_token",
    service: 'registry "x"',
    scope: "repository:a:pull,push",
  });
  const { target, headers } = tokenRequest(challenge, "http://h", "Basic eA==");
  strictEqual(target, "/_token?service=registry+%22x%22&scope=repository%3Aa%3Apull%2Cpush");
  deepStrictEqual(headers, [["Authorization", "Basic eA=="]]);
  strictEqual(tokenRequest({ ...challenge, realm: "http://elsewhere/t" }, "http://h"), undefined);
  strictEqual(challengeOf([["www-authenticate", "Negotiate abc"]]), undefined);
  const text = (value) => new TextEncoder().encode(value);
  strictEqual(tokenOf(text('{"access_token":"t"}')), "t");
  strictEqual(tokenOf(text("not json")), undefined);
});

test("what fetch would not do is said in words", () => {
  for (const name of ["Host", "content-length", "Sec-Fetch-Mode", "Proxy-X", "bad name"]) {
    ok(headerFate([name, "x"]), name);
  }
  for (const name of ["Accept", "Content-Range", "Range", "Authorization"])
    strictEqual(headerFate([name, "x"]), undefined);
  ok(refusal("GET", "/v2/", 1));
  ok(refusal("TRACE", "/v2/", 0));
  ok(refusal("A B", "/v2/", 0));
  strictEqual(refusal("FOO", "/v2/", 1), undefined);
  strictEqual(rewritten("/v2/a/../b/%2e%2e/c"), "/v2/c");
  strictEqual(rewritten("/v2/a?n=1"), undefined);
});
