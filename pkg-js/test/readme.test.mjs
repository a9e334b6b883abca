// The README's examples run as they are printed.

import { strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { layout, onDisk, storage, tar } from "./files.mjs";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

// The files that they speak of.
const folder = mkdtempSync(join(tmpdir(), "registrette-readme-"));
after(() => rmSync(folder, { recursive: true }));
const { files, digest } = await layout();
writeFileSync(join(folder, "app.tar"), tar(files));
onDisk(files, join(folder, "layout"));
onDisk(storage(files, digest), join(folder, "registry"));

test("there are examples", () => strictEqual(examples.length, 11));

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
      const done = spawnSync(process.execPath, [file], { cwd: folder, timeout: 60_000 });
      strictEqual(done.status, 0, `${checked}\n${done.stderr}`);
    } finally {
      rmSync(file);
    }
  });
}
