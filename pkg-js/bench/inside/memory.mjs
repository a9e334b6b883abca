// What is kept costs what it is long, and comes back. Each figure in a process of its own.

import { execFileSync } from "node:child_process";
import { freemem } from "node:os";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("process/keep.mjs", import.meta.url));
const kept = (what) => Number(execFileSync(process.execPath, ["--expose-gc", script, what], { encoding: "utf8" }));

export async function memory() {
  return [
    { name: "RSS growth per byte kept, 500 MiB", unit: "×", most: 1.1, round: async () => kept("growth") },
    {
      name: "RSS over the start after 10 × 100 MiB pushed and deleted",
      unit: "MiB",
      most: 50,
      round: async () => kept("back"),
    },
    {
      name: "4.5 GiB of blobs kept, each read back: RSS per byte kept",
      unit: "×",
      most: 1.1,
      round: async () => (freemem() < 8 * 2 ** 30 ? "less than 8 GiB of memory are free" : kept("much")),
    },
  ];
}
