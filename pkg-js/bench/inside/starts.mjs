// How long until there is a registry.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { createRegistry } from "registrette";

import { timed } from "./measure.mjs";

const fresh = (script, ...args) =>
  Number(
    execFileSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], { encoding: "utf8" }),
  );

export async function starts() {
  return [
    {
      name: "first createRegistry() of a process",
      unit: "ms",
      most: 15,
      round: async () => fresh("process/first.mjs"),
    },
    {
      name: "import of registrette/node, startRegistry() and its first answer, in a fresh process",
      unit: "ms",
      round: async () => fresh("process/started.mjs"),
    },
    {
      name: "next createRegistry()",
      unit: "ms",
      most: 0.1,
      round: async () => {
        const made = [];
        const ms = await timed(300, async () => made.push(await createRegistry()));
        for (const registry of made) await registry.close();
        return ms;
      },
    },
  ];
}
