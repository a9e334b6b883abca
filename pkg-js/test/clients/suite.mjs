// What every test of a client has in common: its version for this Node, a registry, and the two ways of not running.

import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { mustBeComplete } from "../runner/runner.mjs";
import { start } from "./registry.mjs";
import { client, installed } from "./table.mjs";

const require = createRequire(import.meta.url);

/**
 * Declares the cases of one client.
 *
 * `define` gets ways to load the client and what it depends on, and a `registry` and a `scratch` folder that are there when cases run.
 *
 * @param {string} name
 * @param {(setting: { test: typeof test, registry: any, scratch: string, load: () => any, require: NodeRequire, path: (file: string) => string }) => void} define
 * @param {{ needs?: string[] }} [options] other rows of the table that have to be installed
 */
export function suite(name, define, { needs = [] } = {}) {
  const row = client(name);
  if (row.reason) return void test("runs", { skip: row.reason }, () => {});
  const missing = [row, ...needs.map((need) => client(need))].find((one) => installed(one.package) !== one.version);
  if (missing) return absent(missing);

  const setting = {
    test,
    load: () => require(row.package),
    require: createRequire(new URL(`node_modules/${row.package}/package.json`, import.meta.url)),
    path: (file) => require.resolve(`${row.package}/${file}`),
  };
  before(async () => {
    setting.scratch = await mkdtemp(join(tmpdir(), "registrette-"));
    setting.registry = await start();
  });
  after(async () => {
    await setting.registry?.close();
    await rm(setting.scratch, { recursive: true, force: true });
  });
  define(setting);
}

function absent({ package: name, version }) {
  const reason = `${name} ${version} is not installed (${installed(name) ?? "nothing"} is): npm install --no-save --prefix pkg-js/test/clients`;
  if (!mustBeComplete) return void test("installed", { skip: reason }, () => {});
  test("installed", () => {
    throw new Error(reason);
  });
}

/** The bytes of a stream, of Node or of the web. */
export async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
