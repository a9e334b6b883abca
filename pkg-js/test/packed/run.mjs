// Packs the package and runs everything that stands around it.

import { Report, runFile } from "../runner/runner.mjs";

const report = new Report();
for (const name of ["tarball", "projects"]) {
  await runFile({ report, file: new URL(`${name}.test.mjs`, import.meta.url), label: `packed ${name}`, timeout: 900_000 });
}
report.close();
