// A curl line is read as the request that it sends.

import { deepStrictEqual, strictEqual } from "node:assert";
import { test } from "node:test";

import { load } from "./load.mjs";

const { toCurl } = await load("shared/shell");
const { parseCurl } = await load("shared/curl");

const bytes = (text) => new TextEncoder().encode(text);
const DIGEST = `sha256:${"0f".repeat(32)}`;

/** Method, target, headers, body. */
const SAMPLES = [
  ["GET", "/v2/", [], ""],
  ["HEAD", "/v2/a/manifests/v1", [["Accept", "a/b, */*"]], ""],
  ["GET", "/v2/_catalog?n=1&last=a%20b", [], ""],
  ["POST", "/v2/a/blobs/uploads/", [], ""],
  ["POST", `/v2/a/blobs/uploads/?digest=${DIGEST}`, [["Content-Type", "application/octet-stream"]], "hello"],
  ["POST", `/v2/a/blobs/uploads/?mount=${DIGEST}&from=b/c`, [], ""],
  ["PATCH", "/v2/a/blobs/uploads/1", [["Content-Range", "0-4"]], 'it\'s "quoted" $HOME `x`'],
  ["PUT", "/v2/a/blobs/uploads/1?digest=" + DIGEST, [], ""],
  ["PUT", "/v2/a/manifests/v1", [["Content-Type", "application/json"]], '{\n  "a": [1, "é"]\n}\n'],
  ["DELETE", "/v2/a/manifests/v1", [], ""],
  ["DELETE", "/v2/a/blobs/uploads/1", [["Authorization", "Bearer a.b-c"]], ""],
  ["GET", "/v2/a/../b/%2e%2e/c", [], ""],
  ["GET", "/v2/a/{b}/[1]", [], ""],
  ["FOO", "/v2/", [["X-Empty", ""]], ""],
  ["GET", "/v2/", [], "a body all the same"],
  ["PUT", "/v2/a/manifests/v2", [["Content-Type", "text/plain"]], Uint8Array.of(0, 1, 127, 128, 255, 92, 39)],
  ["PUT", "/v2/a/manifests/v3", [], "@not-a-file"],
  ["GET", "/v2/a/blobs/" + DIGEST, [["Range", "bytes=0-9"]], ""],
  [
    "PATCH",
    "/v2/a/blobs/uploads/1",
    [
      ["A", "1"],
      ["A", "2"],
    ],
    "x",
  ],
  ["OPTIONS", "/v2/", [["Origin", "http://a.test"]], ""],
];

test("from a request to curl and back is the same", () => {
  for (const [method, target, headers, body] of SAMPLES) {
    const request = { method, target, headers, body: typeof body === "string" ? bytes(body) : body };
    const line = toCurl(request, "http://localhost:5000");
    deepStrictEqual(parseCurl(line), request, line);
  }
});

test("lines as people write them", () => {
  const read = (line) => {
    const request = parseCurl(line);
    return typeof request === "string"
      ? request
      : [request.method, request.target, request.headers, new TextDecoder().decode(request.body)];
  };
  deepStrictEqual(read("$ curl -sSi localhost:5000/v2/"), ["GET", "/v2/", [], ""]);
  deepStrictEqual(read("curl -u me:secret -o /dev/null https://h/v2/ | jq ."), [
    "GET",
    "/v2/",
    [["Authorization", "Basic bWU6c2VjcmV0"]],
    "",
  ]);
  deepStrictEqual(read('curl -XPUT --data-raw "a\\"b" \\\n  -H \'X: y\' http://h/v2/x'), [
    "PUT",
    "/v2/x",
    [
      ["X", "y"],
      ["Content-Type", "application/x-www-form-urlencoded"],
    ],
    'a"b',
  ]);
  deepStrictEqual(read("curl -G -d n=1 -d last=a h/v2/_catalog"), ["GET", "/v2/_catalog?n=1&last=a", [], ""]);
  strictEqual(read("curl 'http://h/v2/"), "A quote is not closed.");
  strictEqual(read("curl -i"), "The line names no URL.");
  strictEqual(read("wget x"), "This is no curl line.");
});
