// What reads the documents finds every block, and what compares values can find a difference.

import assert from "node:assert/strict";
import { test } from "node:test";

import { like, more, starting } from "./like.js";
import { complete, imports, snippets } from "./snippets.mjs";

const block = (tag, code, before = "") => `${before}\n\`\`\`${tag}\n${code}\n\`\`\`\n`;

test("blocks of JavaScript and TypeScript are found, with their kind and their place", () => {
  const document = `# Title\n${block("sh", "ls")}${block("js", "a();")}${block("ts", 'import "bun:test";\n\nfrom "bun:test"')}`;
  const found = snippets("x.md", document).map(({ line, heading, language, kind }) => [line, heading, language, kind]);
  assert.deepEqual(found, [
    [7, "Title", "js", "program"],
    [11, "Title", "ts", "bun"],
  ]);
});

test("a block is left out with a reason only", () => {
  const [left, kept] = snippets("x.md", block("js", "a();", "<!-- not run: a sketch -->\n") + block("js", "b();"));
  assert.deepEqual([left.skip, kept.skip], ["a sketch", undefined]);
});

test("a printed value becomes an assertion", () => {
  assert.match(complete("f(1); // → [2]"), /^__like\(f\(1\), \[2\]\);$/m);
  assert.match(complete("const a: string[] = f(); // → []"), /^const a: string\[\] = f\(\);\n__like\(a, \[\]\);$/m);
  assert.match(
    complete('f(); // → { a: "sha256:…", … }'),
    /__like\(f\(\), \{ a: __starting\("sha256:"\), \.\.\.__more \}\);/,
  );
  assert.equal(complete("f(); // said"), "f(); // said");
});

test("a fragment gets the imports that it leaves out", () => {
  assert.equal(
    complete("await startRegistry();"),
    'import { startRegistry } from "registrette/node";\nawait startRegistry();',
  );
  const whole = 'import { startRegistry } from "registrette/node";\nawait startRegistry();';
  assert.equal(complete(whole), whole);
});

test("imports are named by their package", () => {
  const code =
    'import "x"; import a from "@b/c/d"; import { e } from "f"; require("g/h"); from "registrette/node"; from "./i.js"';
  assert.deepEqual(imports(code), ["@b/c", "f", "g"]);
});

test("values are compared as they are printed", () => {
  like({ a: [1, { b: "sha256:ab" }], c: null }, { a: [1, { b: starting("sha256:") }], c: null });
  like({ a: 1, b: 2 }, { a: 1, ...more });
  for (const [actual, printed] of [
    [1, 2],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [[1], [1, 2]],
    ["md5:ab", starting("sha256:")],
    [
      { a: 2, b: 2 },
      { a: 1, ...more },
    ],
    [undefined, null],
    [null, {}],
  ]) {
    assert.throws(() => like(actual, printed), `${JSON.stringify(actual)} ${JSON.stringify(printed)}`);
  }
});
