// Builds the playground into dist/: files that any static server can serve, from any path.
//
// What changes has its hash in its name. Two files do not: index.html, and sw.js, by whose address a browser knows the worker.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PACKAGE = path("../pkg-js");
const DIST = path("dist");

/** What the page may run and ask: its own origin, and nothing inline. The servers send the same. */
export const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

/** Writes a file under its name with its hash in it, and gives that. */
function keep(name, bytes) {
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}-${hash(bytes)}${name.slice(dot)}`;
  writeFileSync(`${DIST}/${hashed}`, bytes);
  return hashed;
}

/** Whether the types are right: of the page, and of its workers. */
function check() {
  for (const project of [".", "src/sw"]) {
    const args = [`${PACKAGE}/node_modules/typescript/bin/tsc`, "-p", project];
    const { status } = spawnSync(process.execPath, args, { cwd: path("."), stdio: "inherit" });
    if (status !== 0) throw new Error("the types of the playground are wrong; what is said of them stands above");
  }
}

/** Builds `www/dist/`; `registry.wasm` must be there. Gives the names of what was written. */
export async function buildSite() {
  check();
  const { build } = createRequire(`${PACKAGE}/package.json`)("esbuild");
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });

  const bundle = async (entry, options) => {
    const { outputFiles } = await build({
      absWorkingDir: path("."),
      entryPoints: [entry],
      bundle: true,
      minify: true,
      write: false,
      outdir: "dist",
      target: "es2022",
      jsx: "automatic",
      jsxImportSource: "preact",
      nodePaths: [`${PACKAGE}/node_modules`],
      logLevel: "warning",
      legalComments: "none",
      ...options,
    });
    return outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
  };
  const one = async (name, entry, options) => keep(name, (await bundle(entry, options))[0].contents);

  const wasm = keep("registry.wasm", readFileSync(`${PACKAGE}/dist/registry.wasm`));
  const images = keep("images.wasm", readFileSync(`${PACKAGE}/dist/images.wasm`));
  const names = { __WASM__: JSON.stringify(wasm), __IMAGES__: JSON.stringify(images) };
  const version = { __VERSION__: JSON.stringify(hash(wasm)), __PRECACHE__: "[]" };
  const worker = await one("worker.js", "src/sw/dedicated.ts", { format: "iife", define: { ...names, ...version } });
  // What the page needs later is in files of its own.
  const [app, ...chunks] = (
    await bundle("src/app/main.tsx", {
      format: "esm",
      splitting: true,
      entryNames: "app-[hash]",
      chunkNames: "part-[hash]",
      define: { ...names, __WORKER__: JSON.stringify(worker) },
    })
  ).map(({ name, contents }) => {
    writeFileSync(`${DIST}/${name}`, contents);
    return name;
  });
  const style = await one("style.css", "src/app/style.css", {});
  const theme = await one("theme.js", "src/app/theme.ts", { format: "iife" });

  const html = readFileSync(path("src/app/index.html"), "utf8")
    .replace("%POLICY%", POLICY)
    .replaceAll("%APP%", app)
    .replaceAll("%STYLE%", style)
    .replaceAll("%THEME%", theme);
  writeFileSync(`${DIST}/index.html`, html);
  // A server that has a registry of its own tells another mode.
  writeFileSync(`${DIST}/mode.json`, `${JSON.stringify({ mode: "browser" })}\n`);

  // The readers of images come when the first archive is opened.
  const precached = [app, ...chunks, style, theme, wasm, worker];
  const build_ = hash(`${html}${precached}`);
  const define = { ...names, __VERSION__: JSON.stringify(build_), __PRECACHE__: JSON.stringify(precached) };
  const [{ contents }] = await bundle("src/sw/service-worker.ts", { format: "iife", define });
  writeFileSync(`${DIST}/sw.js`, contents);
  for (const name of [app, ...chunks, style, theme, worker, "sw.js"]) {
    const { length } = gzipSync(readFileSync(`${DIST}/${name}`), { level: 9 });
    console.log(`www/dist/${name} gzip ${(length / 1000).toFixed(1)} KB`);
  }
  return { app, chunks, style, theme, worker, wasm, images };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(`${PACKAGE}/dist/registry.wasm`)) {
    console.error("registry.wasm is not built yet: npm run build --prefix pkg-js");
    process.exit(1);
  }
  await buildSite();
}
