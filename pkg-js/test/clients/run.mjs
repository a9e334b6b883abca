// Runs every client on every Node that its row in clients.json names. A word selects the clients whose names contain it.

import { execFileSync } from "node:child_process";

import { main, runFile } from "../runner/runner.mjs";
import { unavailable } from "./registry.mjs";
import { client, column, secondNode, table } from "./table.mjs";

export async function runClients(report, words = []) {
  await runFile({ report, file: new URL("table.test.mjs", import.meta.url), label: "clients.json" });
  if (unavailable) return report.add("failed", "clients", unavailable);
  const chosen = table.clients.filter(
    ({ name, test }) => test && (words.length === 0 || words.some((word) => name.includes(word))),
  );
  const nodes = both();
  for (const of of ["20", "24"]) {
    for (const { name, test } of chosen) await runOn({ report, of, node: nodes[of], name, test });
  }
}

async function runOn({ report, of, node, name, test }) {
  const { version, reason } = client(name, of);
  if (reason) return report.add("skipped", `${name} on Node ${of}`, reason);
  if (!node) return report.missing(`${name} ${version} on Node ${of}`, `there is no Node ${of}: ${table.nodes[of]}`);
  await runFile({
    report,
    file: new URL(test, import.meta.url),
    node,
    label: `${name} ${version}, Node ${versionOf(node)}`,
  });
}

/** The Node of each column: the one that runs this, and the one that npm installed. */
function both() {
  const second = secondNode();
  const own = { [column()]: process.execPath };
  return second ? { [column(versionOf(second))]: second, ...own } : own;
}

function versionOf(node) {
  return execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim();
}

await main(import.meta.url, runClients);
