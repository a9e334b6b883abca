// TypeScript into dist/: ESM and CJS, each with its types.

import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

import { PACKAGE, run } from "./tools.mjs";

const DIST = `${PACKAGE}/dist`;
const ESM = ["index", "index.node", "index.workerd", "node", "intercept", "service-worker", "matchers", "cli"];
const CJS = ["index.node", "node", "intercept", "service-worker", "matchers"];

export async function bundle() {
  const { build } = await import("esbuild");
  const shared = {
    absWorkingDir: PACKAGE,
    bundle: true,
    outdir: "dist",
    platform: "neutral",
    target: "es2022",
    external: ["node:*", "./registry.wasm", "./images.wasm"],
    logLevel: "warning",
    legalComments: "none",
  };
  await build({
    ...shared,
    entryPoints: ESM.map((name) => `src/${name}.ts`),
    format: "esm",
    splitting: true,
    chunkNames: "shared-[hash]",
  });
  for (const name of CJS) {
    // One copy of the core in the program, whichever entry was required first.
    const once = {
      name: "once",
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/index\.node\.js$/ }, () => ({ path: "./index.node.cjs", external: true })),
    };
    await build({
      ...shared,
      entryPoints: [`src/${name}.ts`],
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      define: { "import.meta.url": "__url" },
      banner: { js: 'const __url = require("node:url").pathToFileURL(__filename).href;' },
      plugins: [once],
    });
  }
  types();
}

/** The declarations, once as ESM and once as CJS. */
function types() {
  run(process.execPath, [`${PACKAGE}/node_modules/typescript/bin/tsc`, "-p", PACKAGE], { cwd: PACKAGE });
  // Only what the entries show: what they are made of has no types outside.
  const shown = [
    ...ESM.filter((name) => name !== "cli"),
    "types",
    "fault-types",
    "quirk-types",
    "seed-types",
    "errors",
  ];
  const declarations = readdirSync(DIST, { recursive: true }).map((file) => file.replaceAll("\\", "/"));
  for (const file of declarations.filter((file) => file.endsWith(".d.ts"))) {
    if (!shown.includes(file.slice(0, -5))) {
      rmSync(`${DIST}/${file}`);
      continue;
    }
    const text = readFileSync(`${DIST}/${file}`, "utf8");
    const twin = text.replaceAll(/(from "\.\.?\/[^"]+)\.js"/g, '$1.cjs"');
    writeFileSync(`${DIST}/${file.replace(/\.ts$/, ".cts")}`, twin);
  }
  for (const folder of ["core", "cli", "generated", "node"])
    rmSync(`${DIST}/${folder}`, { recursive: true, force: true });
  for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) {
    copyFileSync(`${PACKAGE}/../${licence}`, `${PACKAGE}/${licence}`);
  }
}
