// The tarball itself: what is in it, what it measures, and what the linters of packages say.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { hasTable } from "../runner/tables.mjs";
import { needing } from "./need.mjs";
import { PACKAGE, pack, run } from "./project.mjs";
import { markdown } from "./versions.mjs";

const KB = 1000;
const BESIDE_DIST = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"];

const manifest = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));

test("contains dist, the documents, and nothing else", async () => {
  const paths = (await pack()).files.map(({ path }) => path);
  assert.deepEqual(paths.filter((path) => !path.startsWith("dist/")).sort(), BESIDE_DIST);
});

test("contains every file that package.json names", async () => {
  const paths = new Set((await pack()).files.map(({ path }) => `./${path}`));
  const named = [manifest.main, manifest.types, ...files(manifest.exports), ...files(manifest.bin)];
  assert.deepEqual(
    named.map((path) => path.replace(/^(?!\.\/)/, "./")).filter((path) => !paths.has(path)),
    [],
  );
});

test("contains two wasm files, and one copy of each as text", async () => {
  const { files: all } = await pack();
  assert.deepEqual(
    all.map(({ path }) => path).filter((path) => path.endsWith(".wasm")),
    ["dist/images.wasm", "dist/registry.wasm"],
  );
  const scripts = all.map(({ path }) => path).filter((path) => /\.c?js$/.test(path));
  // What base64 makes of a wasm file's first bytes.
  const inlined = (path) => readFile(join(PACKAGE, path), "utf8").then((text) => text.includes("AGFzbQEAAA"));
  assert.equal((await Promise.all(scripts.map(inlined))).filter(Boolean).length, 2);
});

test("depends on nothing", () => {
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"]) {
    assert.deepEqual(manifest[kind] ?? {}, {}, kind);
  }
  for (const script of ["preinstall", "install", "postinstall"]) assert.equal(manifest.scripts?.[script], undefined);
});

test("is small", async () => {
  const wasm = await readFile(join(PACKAGE, "dist/registry.wasm"));
  const images = await readFile(join(PACKAGE, "dist/images.wasm"));
  const measured = {
    "registry.wasm": [wasm.length, 740 * KB],
    "registry.wasm, gzip": [gzipSync(wasm, { level: 9 }).length, 315 * KB],
    "images.wasm": [images.length, 380 * KB],
    "images.wasm, gzip": [gzipSync(images, { level: 9 }).length, 170 * KB],
    tarball: [(await pack()).size, 1270 * KB],
  };
  const tooLarge = Object.entries(measured).filter(([, [size, limit]]) => size > limit);
  assert.deepEqual(
    tooLarge.map(([name, [size, limit]]) => `${name}: ${size} bytes, at most ${limit} are allowed`),
    [],
  );
});

needing("publint has nothing to say", ["publint"], async () => {
  const { stdout } = await run("publint", ["run", (await pack()).path, "--strict"], { cwd: PACKAGE });
  assert.match(stdout, /All good/);
});

needing("are the types wrong? They are not", ["attw"], async () => {
  // A wasm file has no types.
  const args = [
    (await pack()).path,
    "--profile",
    "node16",
    "--exclude-entrypoints",
    "registry.wasm",
    "images.wasm",
    "--no-color",
  ];
  const { stdout } = await run("attw", args, { cwd: PACKAGE });
  // It ends with an error where there is a problem; this says that it looked.
  assert.match(stdout, /"registrette\/node" .*🟢/);
});

test("the README shows the versions that are used", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  assert.ok(hasTable(readme, markdown()), markdown());
});

/** All paths in a value of package.json. */
function files(value) {
  if (typeof value === "string") return [value];
  return Object.values(value ?? {}).flatMap(files);
}
