// The README's examples run as they are printed.

import { strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

test("there are examples", () => strictEqual(examples.length, 6));

for (const [at, code] of examples.entries()) {
  test(`example ${at + 1}`, () => {
    // Beside the package, so that its name is found.
    const file = fileURLToPath(new URL(`example-${at + 1}.tmp.mjs`, import.meta.url));
    // Each value that a comment names is held to it.
    const checked = code.replaceAll(
      /^(.*); \/\/ → (\d+|\[[^…]*\]|\{[^…]*\}|"[^…]*"|true|false)$/gm,
      (_, value, wanted) => {
        return `(await import("node:assert")).deepStrictEqual(${value}, ${wanted});`;
      },
    );
    writeFileSync(file, checked);
    try {
      const done = spawnSync(process.execPath, [file], { timeout: 20_000 });
      strictEqual(done.status, 0, `${checked}\n${done.stderr}`);
    } finally {
      rmSync(file);
    }
  });
}
