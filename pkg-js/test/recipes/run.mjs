// Runs the snippets of the documents.

import { main, runFile } from "../runner/runner.mjs";

export async function runSnippets(report) {
  await runFile({ report, file: new URL("tools.test.mjs", import.meta.url), label: "snippets, tools" });
  await runFile({ report, file: new URL("snippets.test.mjs", import.meta.url), label: "snippets", timeout: 900_000 });
}

await main(import.meta.url, runSnippets);
