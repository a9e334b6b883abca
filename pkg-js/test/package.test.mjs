// What is published: its size, its files, its two module formats.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(`${PACKAGE}/${path}`);
const json = (path) => JSON.parse(read(path));

test("nothing is depended on, and nothing says where it was downloaded", () => {
  deepStrictEqual(json("package.json").dependencies, {});
  ok(!read("package-lock.json").includes('"resolved"'));
});

test("wasm-bindgen and the program that writes its glue are of one version", () => {
  const version = (path, name) => new RegExp(`name = "${name}"\nversion = "([^"]+)"`).exec(String(read(path)))[1];
  const [ours, glue] = [
    version("../Cargo.lock", "wasm-bindgen"),
    version("bindgen/Cargo.lock", "wasm-bindgen-cli-support"),
  ];
  strictEqual(ours, glue);
});

test("every file that the exports name is there", () => {
  const paths = (value) => (typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(paths));
  const { exports, main, types, bin } = json("package.json");
  for (const path of [...paths(exports), main, types, bin.registrette]) ok(read(path).length > 0, path);
});

test("the package holds what it should and nothing else", () => {
  const done = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: PACKAGE,
    shell: process.platform === "win32",
  });
  const [{ files }] = [JSON.parse(done.stdout)].flatMap((packed) =>
    Array.isArray(packed) ? packed : Object.values(packed),
  );
  const odd = files
    .map(({ path }) => path)
    .filter((path) => !/^(dist\/[^/]+|README\.md|CHANGELOG\.md|LICENSE-(MIT|APACHE)|package\.json)$/.test(path));
  deepStrictEqual(odd, []);
});

test("both module formats work, and know each other's registries", async () => {
  const require = createRequire(import.meta.url);
  const cjs = require("registrette/node");
  const esm = await import("registrette/node");
  const registry = await require("registrette").createRegistry();
  const server = await esm.listen(registry);
  strictEqual((await fetch(`${server.url}/v2/`)).status, 200);
  await server.close();
  await registry.close();
  const started = await cjs.startRegistry();
  strictEqual((await started.fetch("/v2/")).status, 200);
  await started.close();
  for (const name of ["intercept", "service-worker", "matchers"]) {
    deepStrictEqual(
      Object.keys(require(`registrette/${name}`)).sort(),
      Object.keys(await import(`registrette/${name}`)).sort(),
    );
  }
});

test("no entry for browsers asks for Node", () => {
  for (const name of ["index.js", "index.workerd.js", "intercept.js", "service-worker.js", "matchers.js"]) {
    const seen = new Set();
    const visit = (file) => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = String(read(`dist/${file}`));
      ok(!/from "node:/.test(text), `${name} by ${file}`);
      for (const [, next] of text.matchAll(/from "\.\/([^"]+\.js)"/g)) visit(next);
    };
    visit(name);
  }
});
