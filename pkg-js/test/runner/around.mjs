// Everything that stands around the built package: real clients, the packed package in fresh projects, the documents' snippets.

import { runClients } from "../clients/run.mjs";
import { runPacked } from "../packed/run.mjs";
import { runSnippets } from "../recipes/run.mjs";
import { install } from "./install.mjs";
import { Report } from "./runner.mjs";

const report = new Report();
for (const folder of ["clients", "packed"]) install(new URL(`../${folder}/`, import.meta.url));
await runClients(report);
await runPacked(report);
await runSnippets(report);
report.close();
