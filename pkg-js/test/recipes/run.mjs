// Runs the snippets of the documents.

import { Report, runFile } from "../runner/runner.mjs";

const report = new Report();
await runFile({ report, file: new URL("snippets.test.mjs", import.meta.url), label: "snippets", timeout: 900_000 });
report.close();
