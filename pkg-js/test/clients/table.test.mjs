// The table says what package.json pins and what the package's README shows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { hasTable } from "../runner/tables.mjs";
import { manifest, markdown, table } from "./table.mjs";

const columns = ["20", "24"];
const cells = table.clients.flatMap((row) => columns.map((of) => ({ name: row.name, ...row[of] })));

test("pins what package.json pins", () => {
  const pinned = Object.entries(manifest.devDependencies).map(([name, at]) => `${name} ${at.replace(/^npm:.*@/, "")}`);
  const listed = cells.filter(({ version }) => version).map((cell) => `${cell.package ?? cell.name} ${cell.version}`);
  const helpers = Object.entries(table.helpers).map(([name, version]) => `${name} ${version.split(",")[0]}`);
  assert.deepEqual([...new Set([...listed, ...helpers])].sort(), pinned.sort());
});

test("has a version or a reason in every cell", () => {
  for (const { name, version, reason } of cells) assert.ok(Boolean(version) !== Boolean(reason), name);
});

test("is what the README shows", () => {
  assert.ok(hasTable(readFileSync(new URL("../../README.md", import.meta.url), "utf8"), markdown()), markdown());
});
