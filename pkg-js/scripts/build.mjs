// Builds everything: registry.wasm, its glue, the package in dist/, and the playground in www/dist/.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { gzipSync } from "node:zlib";

import { buildSite } from "../../www/build.mjs";
import { bundle } from "./bundle.mjs";
import { factory } from "./glue.mjs";
import { PACKAGE, ROOT, TARGET, cargo, prepare, run } from "./tools.mjs";

const GENERATED = `${PACKAGE}/src/generated`;
const GLUE = `${TARGET}/glue`;

/** For wasm-opt. The stack lies first in memory, so nothing is kept in its lowest bytes. */
const SMALLER = ["--low-memory-unused", "-Oz"];

/** Builds a wasm file, with this feature of the crate, and says what it measures. */
function wasm(name, feature) {
  const what = ["--lib", "--profile", "wasm", "--features", feature, "--target", "wasm32-unknown-unknown"];
  // As a cdylib alone: beside an rlib it would not be optimised as a whole.
  cargo(["rustc", "--locked", ...what, "--crate-type", "cdylib", "--target-dir", TARGET, ...remapped()]);
  const bindgen = `${TARGET}/bindgen`;
  cargo(["build", "--locked", "--target-dir", bindgen], { cwd: `${PACKAGE}/bindgen` });
  const built = `${TARGET}/wasm32-unknown-unknown/wasm/registrette.wasm`;
  run(`${bindgen}/debug/registrette-bindgen`, [built, GLUE, name]);
  mkdirSync(`${PACKAGE}/dist`, { recursive: true });
  const optimised = `${PACKAGE}/dist/${name}.wasm`;
  run(process.execPath, [
    `${PACKAGE}/node_modules/binaryen/bin/wasm-opt`,
    ...SMALLER,
    ...["--strip-debug", "--strip-producers", `${GLUE}/${name}_bg.wasm`, "-o", optimised],
  ]);
  const bytes = readFileSync(optimised);
  const kilobytes = (n) => `${(n / 1000).toFixed(1)} KB`;
  console.log(`${name}.wasm ${kilobytes(bytes.length)}, gzip ${kilobytes(gzipSync(bytes, { level: 9 }).length)}`);
  return bytes;
}

/** Sources are named alike on every machine: the same file comes out, and it is shorter. */
function remapped() {
  const home = process.env.CARGO_HOME ?? `${homedir()}/.cargo`;
  const sources = `${home}/registry/src`;
  const indexes = existsSync(sources) ? readdirSync(sources) : [];
  const flags = indexes.map((index) => `--remap-path-prefix=${sources}/${index}=`);
  return ["--config", `target.wasm32-unknown-unknown.rustflags=${JSON.stringify(flags)}`];
}

/** Writes the sources that are made of other files. */
function generate(registry, images) {
  mkdirSync(GENERATED, { recursive: true });
  const write = (name, text) => writeFileSync(`${GENERATED}/${name}`, text);
  write("glue.js", factory(readFileSync(`${GLUE}/registry.js`, "utf8"), "Core, State"));
  write("images-glue.js", factory(readFileSync(`${GLUE}/images.js`, "utf8"), "Shelves, Gathered"));
  for (const [name, bytes] of [
    ["inline", registry],
    ["images-inline", images],
  ]) {
    write(`${name}.js`, `export const wasm = ${JSON.stringify(bytes.toString("base64"))};\n`);
    write(`${name}.d.ts`, "export declare const wasm: string;\n");
  }
  const pem = (name) => JSON.stringify(readFileSync(`${ROOT}/src/serve/tls/${name}`, "utf8"));
  const parts = { ca: "test-ca.pem", cert: "test-leaf.pem", key: "test-leaf.key" };
  const members = Object.entries(parts).map(([name, file]) => `  ${name}: ${pem(file)},\n`);
  write(
    "tls.ts",
    `/** The test certificate. Everybody has its key. */\nexport const test = {\n${members.join("")}};\n`,
  );
  const openapi = JSON.stringify(JSON.parse(readFileSync(`${ROOT}/src/control/openapi.json`, "utf8")));
  write("openapi.ts", `/** How control is asked. */\nexport const openapi = ${JSON.stringify(openapi)};\n`);
  const { version } = JSON.parse(readFileSync(`${PACKAGE}/package.json`, "utf8"));
  write("version.ts", `export const version = ${JSON.stringify(version)};\n`);
}

prepare();
rmSync(`${PACKAGE}/dist`, { recursive: true, force: true });
generate(wasm("registry", "wasm"), wasm("images", "wasm-images"));
await bundle();
await buildSite();
