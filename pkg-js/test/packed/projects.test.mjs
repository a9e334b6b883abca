// Fresh projects that install the tarball: each pushes, pulls and asserts, in the runtime or with the tool of its name.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { needing } from "./need.mjs";
import { project, readAll, run } from "./project.mjs";
import { roundTrip } from "./round-trip.mjs";

const source = readFileSync(new URL("round-trip.mjs", import.meta.url), "utf8");
const files = {
  "round-trip.mjs": source,
  "round-trip.cjs": source.replace("export async function roundTrip", "exports.roundTrip = async function roundTrip"),
};
const TSCONFIG = { strict: true, target: "es2022", lib: ["es2022", "esnext.disposable", "dom"], types: ["node"] };
const DIGEST = /^sha256:[0-9a-f]{64}$/m;

const make = (name, { folder = name, ...options } = {}) =>
  project(name, {
    from: new URL(`projects/${folder}/`, import.meta.url),
    ...options,
    files: { ...files, ...options.files },
  });

/** Runs a script that prints the digest of what it pushed. */
async function digestOf(tool, args, cwd) {
  const { stdout } = await run(tool, args, { cwd });
  assert.match(stdout, DIGEST);
}

needing("Node 20, ESM", ["node 20"], async () => {
  await digestOf("node 20", ["main.mjs"], await make("node-esm"));
});

needing("Node 20, CJS", ["node 20"], async () => {
  await digestOf("node 20", ["main.cjs"], await make("node-cjs", { type: "commonjs" }));
});

needing("Node 24, ESM and CJS", ["node 24"], async () => {
  await digestOf("node 24", ["main.mjs"], await make("node-24-esm", { folder: "node-esm" }));
  await digestOf("node 24", ["main.cjs"], await make("node-24-cjs", { folder: "node-cjs", type: "commonjs" }));
});

needing("Node 24, await using", ["node 24"], async () => {
  await digestOf("node 24", ["main.mjs"], await make("node-24"));
});

needing("the command serves, and its first line says where", ["node 20"], async () => {
  const cwd = await make("command", { folder: "node-esm" });
  const server = spawn(join(cwd, "node_modules/.bin/registrette"), ["serve", "--addr", "127.0.0.1:0"], { cwd });
  try {
    const [first] = await once(server.stdout.setEncoding("utf8"), "data");
    const [, url] = /^listening on (http:\/\/127\.0\.0\.1:\d+)\n/.exec(first) ?? assert.fail(first);
    assert.match(await roundTrip(fetch, url), DIGEST);
  } finally {
    server.kill();
  }
  await once(server, "exit");
});

const config = (options) => JSON.stringify({ compilerOptions: { ...TSCONFIG, ...options }, files: ["main.ts"] });
const typescript = {
  folder: "typescript",
  links: ["@types/node"],
  files: {
    "round-trip.js": source,
    "round-trip.d.ts":
      "export function roundTrip(fetch: (input: string, init?: RequestInit) => Promise<Response>, base: string): Promise<string>;\n",
    "nodenext.json": config({ module: "nodenext", moduleResolution: "nodenext", outDir: "out" }),
    "bundler.json": config({ module: "esnext", moduleResolution: "bundler", noEmit: true }),
  },
};

needing("TypeScript 7, strict, nodenext and bundler", ["tsc", "node 20"], async () => {
  const cwd = await make("typescript-7", typescript);
  await run("tsc", ["-p", "bundler.json"], { cwd });
  await run("tsc", ["-p", "nodenext.json"], { cwd });
  await copyFile(join(cwd, "round-trip.js"), join(cwd, "out/round-trip.js"));
  await digestOf("node 20", ["out/main.js"], cwd);
});

needing("TypeScript 5, strict, nodenext", ["tsc 5"], async () => {
  await run("tsc 5", ["-p", "nodenext.json"], { cwd: await make("typescript-5", typescript) });
});

for (const [environment, document] of [
  ["node", "undefined"],
  ["jsdom", "object"],
]) {
  needing(`Jest, CJS, ${environment} environment`, ["jest"], async () => {
    const links = ["jest-environment-jsdom"];
    const cwd = await make(`jest-${environment}`, { folder: "jest", type: "commonjs", links });
    const args = ["--env", environment, "--ci", "--cacheDirectory", join(cwd, "cache")];
    const { stderr } = await run("jest", args, { cwd, env: { EXPECTED_DOCUMENT: document } });
    assert.match(stderr, /Tests: .*\b[34] passed/);
    assert.doesNotMatch(stderr, /did not exit|open handle/i);
  });
}

needing("vitest", ["vitest"], async () => {
  const cwd = await make("vitest", { links: ["vitest", "vite"] });
  const { stdout } = await run("vitest", ["run"], { cwd });
  assert.match(stdout, /Tests +2 passed/);
});

needing("the matchers have types in vitest", ["tsc", "vitest"], async () => {
  const compilerOptions = {
    ...TSCONFIG,
    module: "esnext",
    moduleResolution: "bundler",
    noEmit: true,
    skipLibCheck: true,
  };
  const cwd = await make("vitest-types", {
    folder: "vitest",
    links: ["vitest", "vite", "@types/node"],
    files: {
      "round-trip.d.mts": typescript.files["round-trip.d.ts"],
      "tsconfig.json": JSON.stringify({ compilerOptions, files: ["registry.test.ts"] }),
    },
  });
  await run("tsc", ["-p", "tsconfig.json"], { cwd });
});

needing("Vite builds it for the browser", ["vite"], async () => {
  const cwd = await make("vite", { folder: "bundle" });
  const { stdout, stderr } = await run("vite", ["build", "--target", "es2022"], { cwd });
  // Its hint on large chunks is not a fault; the sizes have a test of their own.
  assert.doesNotMatch(stdout + stderr, /externalized|\(!\) (?!Some chunks are larger)/);
  const built = await readAll(join(cwd, "dist"));
  const scripts = [...built.keys()].filter((path) => path !== "index.html");
  assert.deepEqual(
    scripts.filter((path) => !path.endsWith(".js")),
    [],
    "scripts, and no asset",
  );
  for (const path of scripts) assert.doesNotMatch(built.get(path), /["']node:/);
  // As much of a document as Vite's preloading asks for.
  const document = "data:text/javascript,globalThis.document={createElement:()=>({relList:{supports:()=>true}})}";
  await digestOf(
    "node 20",
    [
      "--import",
      document,
      join(
        "dist",
        scripts.find((path) => /index-.*\.js$/.test(path)),
      ),
    ],
    cwd,
  );
});

needing("esbuild bundles it for the browser", ["esbuild"], async () => {
  const cwd = await make("esbuild", { folder: "bundle" });
  const args = ["--bundle", "--platform=browser", "--format=esm", "--log-level=warning"];
  const { stderr } = await run("esbuild", ["main.js", ...args, "--outdir=dist"], { cwd });
  assert.equal(stderr, "");
  const built = await readAll(join(cwd, "dist"));
  assert.deepEqual([...built.keys()], ["main.js"]);
  assert.doesNotMatch(built.get("main.js"), /["']node:/);
  await digestOf("node 20", ["dist/main.js"], cwd);

  await assert.rejects(
    run("esbuild", ["node.js", ...args, "--outdir=dist"], { cwd }),
    /registrette\/node/,
    "sockets are not for browsers",
  );
});

needing("Bun", ["bun"], async () => {
  const { stderr } = await run("bun", ["test"], { cwd: await make("bun") });
  assert.match(stderr, /\b2 pass\b/);
});

needing("Deno", ["deno"], async () => {
  const cwd = await make("deno", { links: ["@types/node"] });
  // As a CI without network: nothing is fetched, types are checked.
  const env = { DENO_DIR: join(cwd, "cache"), DENO_NO_UPDATE_CHECK: "1" };
  const { stdout } = await run(
    "deno",
    ["test", "--allow-all", "--check", "--cached-only", "--node-modules-dir=manual"],
    { cwd, env },
  );
  assert.match(stdout, /\b2 passed/);
});

needing("workerd", ["workerd", "esbuild"], async () => {
  const cwd = await make("workerd");
  const flags = [
    "--bundle",
    "--format=esm",
    "--platform=neutral",
    "--conditions=workerd",
    "--external:*.wasm",
    "--outdir=dist",
  ];
  await mkdir(join(cwd, "dist"));
  await run("esbuild", ["worker.js", ...flags], { cwd });
  const [, wasm] = /from ["'](.*registry\.wasm)["']/.exec(await readFile(join(cwd, "dist/worker.js"), "utf8")) ?? [];
  assert.equal(wasm, "./registry.wasm");
  await copyFile(join(cwd, "node_modules/registrette/dist/registry.wasm"), join(cwd, "dist/registry.wasm"));
  await run("workerd", ["test", "config.capnp"], { cwd });
});

needing("the image is the same here", [], async () => {
  const { createRegistry } = await import("../../dist/index.node.js");
  assert.match(await roundTrip((await createRegistry()).fetch, ""), DIGEST);
});
