// Builds everything: registry.wasm, its glue, and the package in dist/.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { bundle } from "./bundle.mjs";
import { factory } from "./glue.mjs";
import { PACKAGE, ROOT, TARGET, cargo, prepare, run } from "./tools.mjs";

const GENERATED = `${PACKAGE}/src/generated`;
const GLUE = `${TARGET}/glue`;

/** Builds the wasm file and says what it measures. */
function wasm() {
  const target = ["--target-dir", TARGET];
  const triple = ["--target", "wasm32-unknown-unknown"];
  cargo(["build", "--locked", "--lib", "--profile", "wasm", "--features", "wasm", ...triple, ...target]);
  const bindgen = `${TARGET}/bindgen`;
  cargo(["build", "--locked", "--target-dir", bindgen], { cwd: `${PACKAGE}/bindgen` });
  const built = `${TARGET}/wasm32-unknown-unknown/wasm/registrette.wasm`;
  run(`${bindgen}/debug/registrette-bindgen`, [built, GLUE, "registry"]);
  mkdirSync(`${PACKAGE}/dist`, { recursive: true });
  const optimised = `${PACKAGE}/dist/registry.wasm`;
  run(process.execPath, [
    `${PACKAGE}/node_modules/binaryen/bin/wasm-opt`,
    ...["-Oz", "--strip-debug", "--strip-producers", `${GLUE}/registry_bg.wasm`, "-o", optimised],
  ]);
  const bytes = readFileSync(optimised);
  const kilobytes = (n) => `${(n / 1000).toFixed(1)} KB`;
  console.log(`registry.wasm ${kilobytes(bytes.length)}, gzip ${kilobytes(gzipSync(bytes, { level: 9 }).length)}`);
  return bytes;
}

/** Writes the sources that are made of other files. */
function generate(bytes) {
  mkdirSync(GENERATED, { recursive: true });
  const write = (name, text) => writeFileSync(`${GENERATED}/${name}`, text);
  write("glue.js", factory(readFileSync(`${GLUE}/registry.js`, "utf8")));
  write("inline.js", `export const wasm = ${JSON.stringify(bytes.toString("base64"))};\n`);
  write("inline.d.ts", "export declare const wasm: string;\n");
  const pem = (name) => JSON.stringify(readFileSync(`${ROOT}/src/serve/tls/${name}`, "utf8"));
  const parts = { ca: "test-ca.pem", cert: "test-leaf.pem", key: "test-leaf.key" };
  const members = Object.entries(parts).map(([name, file]) => `  ${name}: ${pem(file)},\n`);
  write(
    "tls.ts",
    `/** The test certificate. Everybody has its key. */\nexport const test = {\n${members.join("")}};\n`,
  );
  const { version } = JSON.parse(readFileSync(`${PACKAGE}/package.json`, "utf8"));
  write("version.ts", `export const version = ${JSON.stringify(version)};\n`);
}

prepare();
rmSync(`${PACKAGE}/dist`, { recursive: true, force: true });
generate(wasm());
await bundle();
