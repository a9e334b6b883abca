// Runs every client on every Node that its row in clients.json names. A word selects the clients whose names contain it.

import { execFileSync } from "node:child_process";

import { Report, runFile } from "../runner/runner.mjs";
import { unavailable } from "./registry.mjs";
import { client, column, secondNode, table } from "./table.mjs";

const words = process.argv.slice(2);
const report = new Report();
const nodes = { [column()]: process.execPath };
const second = secondNode();
if (second) nodes[column(versionOf(second))] ??= second;

if (unavailable) report.add("failed", "registry", unavailable);
for (const of of ["20", "24"]) {
  for (const { name, test } of table.clients) {
    if (unavailable || !test || (words.length > 0 && !words.some((word) => name.includes(word)))) continue;
    const { version, reason } = client(name, of);
    if (reason) report.add("skipped", `${name} on Node ${of}`, reason);
    else if (!nodes[of]) report.missing(`${name} ${version} on Node ${of}`, `there is no Node ${of}: ${table.nodes[of]}`);
    else await runFile({ report, file: new URL(test, import.meta.url), node: nodes[of], label: `${name} ${version}, Node ${versionOf(nodes[of])}` });
  }
}
await runFile({ report, file: new URL("table.test.mjs", import.meta.url), label: "clients.json" });
report.close();

function versionOf(node) {
  return execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim();
}
