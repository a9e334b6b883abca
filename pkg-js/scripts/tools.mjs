// What the scripts share: where things are, and how other programs are run.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

export const PACKAGE = path("..");
export const ROOT = path("../..");
export const TARGET = process.env.CARGO_TARGET_DIR ?? path("../../target");

/** Ends the script with a sentence that says what to do. */
export function stop(sentence) {
  console.error(`\n${sentence}\n`);
  process.exit(1);
}

/** Runs a program and ends with it when it fails. `install` says how to get it. */
export function run(program, args, { install, ...options } = {}) {
  const shell = process.platform === "win32" && program === "npm";
  const done = spawnSync(program, args, { stdio: "inherit", cwd: ROOT, shell, ...options });
  if (done.error) {
    stop(`${program} cannot be run (${done.error.message}).${install ? ` ${install}` : ""}`);
  }
  if (done.status !== 0) {
    stop(`"${program} ${args.join(" ")}" failed; what it says stands above.`);
  }
  return done.stdout ? String(done.stdout) : "";
}

const RUST = "Install Rust with rustup: curl https://sh.rustup.rs -sSf | sh";

export function cargo(args, options = {}) {
  return run("cargo", args, { install: RUST, ...options });
}

/** Makes what the build needs and can make itself: the node modules, and Rust's wasm target. */
export function prepare() {
  const [major] = process.versions.node.split(".");
  if (Number(major) < 20) stop(`Node ${process.versions.node} is too old; install Node 20 or newer.`);
  if (!existsSync(`${PACKAGE}/node_modules/.package-lock.json`)) {
    run("npm", ["ci"], { cwd: PACKAGE, install: "npm comes with Node: install Node 20 or newer." });
  }
  const list = { stdio: ["ignore", "pipe", "inherit"], install: RUST };
  const installed = run("rustup", ["target", "list", "--installed"], list);
  if (!installed.split("\n").includes("wasm32-unknown-unknown")) {
    run("rustup", ["target", "add", "wasm32-unknown-unknown"], { install: RUST });
  }
}
