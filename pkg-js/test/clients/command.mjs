// Runs a client that is a command.

import { execFile } from "node:child_process";

/** Runs a script under this Node, and gives what it printed. Its failure carries everything it said. */
export function run(script, args, { cwd, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: 120_000 };
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`));
      else resolve({ stdout, stderr });
    });
  });
}
