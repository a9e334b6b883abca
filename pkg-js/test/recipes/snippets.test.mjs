// Every snippet of these files runs in a fresh project, as it is printed.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { needing } from "../packed/need.mjs";
import { project, run } from "../packed/project.mjs";
import { complete, imports, snippets } from "./snippets.mjs";

const FILES = ["README.md", "test/recipes/README.md"];
const root = new URL("../../", import.meta.url);
const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const modules = { "my-client.js": read("my-client.js"), "like.js": read("like.js") };
const declarations = { "my-client.d.ts": read("my-client.d.ts"), "like.d.ts": read("like.d.ts") };
const commonJs = modules["my-client.js"].replaceAll(/^export async function (\w+)/gm, "exports.$1 = async function $1");

/** How each kind of snippet runs: the tools it needs, its file, and the run itself, which fails where the snippet does. */
const RUNNERS = {
  program: {
    tools: ["node 20"],
    run: (cwd, file) => run("node 20", [file], { cwd }),
  },
  "await using": {
    tools: ["node 24"],
    run: (cwd, file) => run("node 24", [file], { cwd }),
  },
  "node:test": {
    tools: ["node 20"],
    run: (cwd, file) => passed(run("node 20", ["--test", "--test-reporter=tap", file], { cwd }), /^# pass [1-9]/m),
  },
  vitest: {
    tools: ["vitest"],
    links: ["vite"],
    ending: ".test.ts",
    run: (cwd) => passed(run("vitest", ["run"], { cwd }), /Tests +[1-9]\d* passed/),
  },
  jest: {
    tools: ["jest"],
    links: ["jest-environment-jsdom"],
    ending: ".test.js",
    type: "commonjs",
    run: (cwd) =>
      passed(run("jest", ["--ci", "--cacheDirectory", join(cwd, "cache")], { cwd }), /Tests: +[1-9]\d* passed/),
  },
  bun: {
    tools: ["bun"],
    ending: ".test.ts",
    run: (cwd) => passed(run("bun", ["test"], { cwd }), /\b[1-9]\d* pass\b/),
  },
  deno: {
    tools: ["deno"],
    links: ["@types/node"],
    ending: ".test.ts",
    run: (cwd) => {
      const env = { DENO_DIR: join(cwd, "cache"), DENO_NO_UPDATE_CHECK: "1" };
      const flags = ["--allow-all", "--check", "--cached-only", "--node-modules-dir=manual"];
      return passed(run("deno", ["test", ...flags], { cwd, env }), /\b[1-9]\d* passed/);
    },
  },
  worker: {
    tools: ["workerd", "esbuild"],
    files: {
      // The snippet under a test that asks it.
      "main.js": `
        import worker from "./snippet.js";
        export default {
          async test() {
            const response = await worker.fetch(new Request("https://registry.test/v2/"));
            if (response.status !== 200) throw new Error(String(response.status));
          },
        };`,
      "config.capnp": readFileSync(new URL("../packed/projects/workerd/config.capnp", import.meta.url), "utf8"),
    },
    run: async (cwd) => {
      const flags = ["--bundle", "--format=esm", "--platform=neutral", "--conditions=workerd", "--external:*.wasm"];
      await run("esbuild", ["main.js", ...flags, "--outfile=dist/worker.js"], { cwd });
      await copyFile(join(cwd, "node_modules/registrette/dist/registry.wasm"), join(cwd, "dist/registry.wasm"));
      await run("workerd", ["test", "config.capnp"], { cwd });
    },
  },
};

/** Bun's and Deno's own types are not here; Deno checks types itself. */
const CHECKED = ["program", "await using", "node:test", "vitest"];
const TSCONFIG = {
  compilerOptions: {
    ...{
      strict: true,
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "esnext.disposable", "dom"],
      types: ["node"],
    },
    ...{ outDir: "out", rootDir: ".", skipLibCheck: true },
  },
};

for (const name of FILES) {
  if (!existsSync(new URL(name, root))) {
    test(`${name} is there`, () => assert.fail(`pkg-js/${name} is not there`));
    continue;
  }
  const found = snippets(name, readFileSync(new URL(name, root), "utf8"));
  test(`${name} has snippets`, () => assert.ok(found.length > 0));
  for (const snippet of found) declare(snippet);
  // The first of the package's README is what everybody tries first, in either language.
  if (name === "README.md" && found[0]) declare({ ...found[0], language: found[0].language === "js" ? "ts" : "js" });
}

function declare(snippet) {
  const { file, line, heading, language, kind, skip } = snippet;
  const name = `${file}:${line} ${heading} (${kind}, ${language})`;
  if (skip) return void test(name, { skip }, () => {});
  const runner = RUNNERS[kind];
  const checks = language === "ts" && CHECKED.includes(kind);
  needing(name, [...runner.tools, ...(checks ? ["tsc"] : [])], async () => {
    const { ending = `.${language}`, type = "module", links = [], files = {} } = runner;
    const code = complete(snippet.code);
    const own = `snippet${ending}`;
    const cwd = await project(`${file}-${line}-${language}`.replaceAll(/\W+/g, "-"), {
      type,
      links: [...new Set([...links, ...imports(code), ...(checks ? ["@types/node"] : [])])],
      files: {
        ...files,
        [own]: code,
        ...(type === "commonjs" ? { "my-client.js": commonJs } : modules),
        ...(checks ? { ...declarations, "tsconfig.json": JSON.stringify({ ...TSCONFIG, files: [own] }) } : {}),
      },
    });
    if (!checks) return void (await runner.run(cwd, own));
    await run("tsc", ["-p", "tsconfig.json"], { cwd });
    if (kind === "vitest") return void (await runner.run(cwd, own));
    await mkdir(join(cwd, "out"), { recursive: true });
    for (const name of Object.keys(modules)) await copyFile(join(cwd, name), join(cwd, "out", name));
    await runner.run(cwd, "out/snippet.js");
  });
}

async function passed(running, sum) {
  const { stdout, stderr } = await running;
  assert.match(stdout + stderr, sum);
}
