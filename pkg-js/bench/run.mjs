// Measures the npm package: inside a process, and on a socket beside the peers that are installed.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

import { PACKAGE, ROOT, TARGET, prepare, run, stop } from "../scripts/tools.mjs";

const USAGE = `usage: npm run bench --prefix pkg-js -- [--quick] [--inside | --socket] [--rounds N] [--scenarios a,b,…]

  --quick        one round of short sections: a look, not a figure to quote
  --inside       only what a process sees without a socket
  --socket       only what a client sees on a socket; needs Go and Rust
  --rounds N     rounds of which the medians are shown (5)
  --scenarios L  only these on the socket, as bench/regbench/README.md names them`;

const options = { quick: false, inside: true, socket: true, rounds: 5, scenarios: undefined };
const words = process.argv.slice(2);
while (words.length > 0) {
  const word = words.shift();
  if (word === "--quick") Object.assign(options, { quick: true, rounds: 1 });
  else if (word === "--inside") options.socket = false;
  else if (word === "--socket") options.inside = false;
  else if (word === "--rounds" && Number(words[0]) > 0) options.rounds = Number(words.shift());
  else if (word === "--scenarios" && words[0]) options.scenarios = words.shift();
  else {
    console.error(USAGE);
    process.exit(2);
  }
}

if (!existsSync(`${PACKAGE}/dist/cli.js`)) {
  prepare();
  run("npm", ["run", "build"], { cwd: PACKAGE });
}
if (options.inside) {
  const { measure } = await import("./inside/measure.mjs");
  await measure(options.rounds);
}
if (options.socket) {
  if (spawnSync("go", ["version"]).error) {
    stop("Not measured on a socket: the load generator needs Go. Install Go 1.24 or newer, or pass --inside.");
  }
  const node = process.execPath;
  const env = { ...process.env, REGISTRETTE: `${node} ${PACKAGE}/dist/cli.js serve --addr 127.0.0.1:{port}` };
  const args = ["--table", "node"];
  if (options.quick) args.push("--quick");
  else args.push("--rounds", String(options.rounds));
  if (options.scenarios) args.push("--scenarios", options.scenarios);
  run(`${ROOT}/bench/run`, args, { env: { ...env, CARGO_TARGET_DIR: TARGET } });
}
