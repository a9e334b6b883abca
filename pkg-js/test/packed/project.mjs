// Fresh projects below target/, each with the packed package installed as a user would.

import { execFile } from "node:child_process";
import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { packageFolder, tool } from "./tools.mjs";

export const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const TARGET = fileURLToPath(new URL("../../../target/packed/", import.meta.url));

let packed;

/**
 * Packs the package as it would be published.
 *
 * @returns {Promise<{ path: string, size: number, unpackedSize: number, files: { path: string, size: number }[] }>}
 */
export function pack() {
  packed ??= (async () => {
    await mkdir(TARGET, { recursive: true });
    const said = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", TARGET, PACKAGE], {
      cwd: TARGET,
    });
    // Newer npm gives an object by name, older ones a list.
    const [told] = Object.values(JSON.parse(said.stdout));
    return { ...told, path: join(TARGET, told.filename) };
  })();
  return packed;
}

/**
 * Makes a project out of a folder of files, and installs the tarball.
 *
 * @param {string} name
 * @param {{ from?: URL, files?: Record<string, string>, type?: "module" | "commonjs", links?: string[] }} options
 *   `links` are packages of this folder that the project imports as its own
 * @returns {Promise<string>} the project's folder
 */
export async function project(name, { from, files = {}, type = "module", links = [] }) {
  const folder = join(TARGET, "projects", name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  if (from) await cp(from, folder, { recursive: true });
  const manifest = { name: name.replaceAll(/\W+/g, "-").toLowerCase(), private: true, type };
  for (const [path, text] of Object.entries({ "package.json": JSON.stringify(manifest), ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const { path } = await pack();
  await npm(["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", path], { cwd: folder });
  for (const link of links) {
    const at = join(folder, "node_modules", link);
    await mkdir(dirname(at), { recursive: true });
    await symlink(packageFolder(link), at);
  }
  return folder;
}

/** What is in a built project, by path, below one of its folders. */
export async function readAll(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return new Map(
    await Promise.all(files.map(async (path) => [path.slice(folder.length + 1), await readFile(path, "utf8")])),
  );
}

/**
 * Runs a tool by its name. A failure carries everything that it said.
 *
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
export function run(name, args, { cwd, env = {} }) {
  const [program, ...first] = tool(name);
  return spawned(program, [...first, ...args], { cwd, env });
}

function npm(args, { cwd }) {
  return spawned("npm", args, { cwd, shell: process.platform === "win32" });
}

function spawned(program, args, { cwd, env = {}, shell = false }) {
  // What a test runner tells its children, and colours, are not for these.
  const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, FORCE_COLOR: _colour, ...inherited } = process.env;
  const options = { cwd, shell, env: { ...inherited, NO_COLOR: "1", ...env }, timeout: 180_000, maxBuffer: 64 << 20 };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      // A bundle that fails is quoted whole, in one line.
      const said = `${error?.message.split("\n")[0]}\n${stdout}${stderr}`.replace(/^(.{400}).+$/gm, "$1 …");
      if (error) reject(new Error(said));
      else resolve({ stdout, stderr });
    });
  });
}
