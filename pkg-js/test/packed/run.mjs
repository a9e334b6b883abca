// Packs the package and runs everything that stands around it.

import { main, runFile } from "../runner/runner.mjs";

export async function runPacked(report) {
  for (const name of ["tarball", "projects"]) {
    await runFile({
      report,
      file: new URL(`${name}.test.mjs`, import.meta.url),
      label: `packed, ${name}`,
      timeout: 900_000,
    });
  }
}

await main(import.meta.url, runPacked);
