// TypeScript of the page's helpers, for Node.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** A module of `www/src/`, bundled. */
export async function load(name) {
  const { build } = createRequire(path("../../pkg-js/package.json"))("esbuild");
  const { outputFiles } = await build({
    entryPoints: [path(`../src/${name}.ts`)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    nodePaths: [path("../../pkg-js/node_modules")],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
