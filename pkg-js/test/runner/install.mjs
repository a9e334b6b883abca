// Installs the node modules of a folder of tests, where what is there is not what its lock file says.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @param {URL} folder */
export function install(folder) {
  if (isInstalled(folder)) return;
  const shell = process.platform === "win32";
  // As the lock file says. `npm ci` would want the optional packages of every other machine, too, which no mirror need have.
  const done = spawnSync("npm", ["install", "--no-save"], {
    cwd: fileURLToPath(folder),
    stdio: ["ignore", "inherit", "inherit"],
    shell,
  });
  if (done.status === 0) return;
  console.error(
    `npm install failed in ${fileURLToPath(folder)}: ${done.error?.message ?? `it ended with ${done.status}`}`,
  );
}

/** Whether each package of the lock file is there in its version; those for other machines need not be. */
function isInstalled(folder) {
  const { packages } = read(folder, "package-lock.json");
  try {
    const there = read(folder, "node_modules/.package-lock.json").packages;
    const wanted = Object.entries(packages).filter(([path, { optional }]) => path !== "" && !optional);
    return wanted.every(([path, { version }]) => there[path]?.version === version);
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

function read(folder, path) {
  return JSON.parse(readFileSync(new URL(path, folder), "utf8"));
}
