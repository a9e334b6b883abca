// Where the tools of the tests are: the packages beside this file, and the second Node beside the clients.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { secondNode } from "../clients/table.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Programs that come as one package for each kind of machine; the first that is installed is taken. */
const PROGRAMS = {
  bun: ["@oven/bun-linux-x64/bin/bun", "@oven/bun-linux-aarch64/bin/bun"],
  deno: ["@deno/linux-x64-glibc/deno", "@deno/linux-arm64-glibc/deno"],
  workerd: ["@cloudflare/workerd-linux-64/bin/workerd", "@cloudflare/workerd-linux-arm64/bin/workerd"],
};

/** The scripts that stand for commands: each is run by the Node that runs the tests. */
const SCRIPTS = {
  attw: "@arethetypeswrong/cli/dist/index.js",
  esbuild: "esbuild/bin/esbuild",
  jest: "jest/bin/jest.js",
  publint: "publint/src/cli.js",
  "tsc 5": "typescript-5/bin/tsc",
  tsc: "typescript/bin/tsc",
  vite: "vite/bin/vite.js",
  vitest: "vitest/vitest.mjs",
};

/**
 * The words that start a tool: `node 20`, `node 24`, a program or a script.
 *
 * @param {string} name
 * @returns {string[] | undefined} nothing where it is not installed
 */
export function tool(name) {
  if (name.startsWith("node ")) return node(name.slice(5));
  const path = (SCRIPTS[name] ? [SCRIPTS[name]] : PROGRAMS[name])
    .map((file) => here(`node_modules/${file}`))
    .find(existsSync);
  if (path === undefined) return undefined;
  return SCRIPTS[name] ? [process.execPath, path] : [path];
}

function node(major) {
  const found = [process.execPath, secondNode()].find((path) => path && versionOf(path).startsWith(`${major}.`));
  return found && [found];
}

/** What brings a tool that is not here. */
export function remedy(name) {
  if (name === "node 20") return "run this with Node 20";
  return `npm install --no-save --prefix pkg-js/test/${name.startsWith("node ") ? "clients" : "packed"}`;
}

/** The folder of a package that a project imports as its own. */
export const packageFolder = (name) => here(`node_modules/${name}`);

export const versions = JSON.parse(readFileSync(here("package.json"), "utf8"));

const seen = new Map();

function versionOf(path) {
  if (!seen.has(path)) seen.set(path, execFileSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }).trim());
  return seen.get(path);
}
