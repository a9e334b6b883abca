// The table of clients: which version runs on which Node, and whether it is installed.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const here = new URL("./", import.meta.url);

export const table = read("clients.json");
export const manifest = read("package.json");

/** The columns that a Node of this version reads. */
export function column(version = process.versions.node) {
  return Number(version.split(".")[0]) >= 22 ? "24" : "20";
}

/**
 * One client as one column has it: the package to import, or the reason why there is none.
 *
 * @returns {{ name: string, package?: string, version?: string, reason?: string }}
 */
export function client(name, of = column()) {
  const row = table.clients.find((row) => row.name === name);
  if (!row) throw new Error(`clients.json has no ${name}`);
  return { name, package: row[of].package ?? name, version: row[of].version, reason: row[of].reason };
}

/** The version of a package in node_modules, or nothing where it is not installed. */
export function installed(name) {
  try {
    return read(`node_modules/${name}/package.json`).version;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The Node that npm installed here, or nothing where this machine has no such package. */
export function secondNode() {
  for (const name of Object.keys(manifest.optionalDependencies)) {
    if (installed(name)) return createRequire(here).resolve(`${name}/bin/node`);
  }
  return undefined;
}

/** The table as the README shows it. */
export function markdown() {
  const cell = ({ version, reason }) => version ?? reason;
  return [
    "| client | Node 20 | Node 24 |",
    "|---|---|---|",
    ...table.clients.map((row) => `| \`${row.name}\` | ${cell(row["20"])} | ${cell(row["24"])} |`),
  ].join("\n");
}

function read(path) {
  return JSON.parse(readFileSync(new URL(path, here), "utf8"));
}
