// Runs every check there is, and ends in one line that counts them.

import { spawn } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";

import { PACKAGE, ROOT, TARGET, prepare } from "./tools.mjs";

const total = { passed: 0, failed: 0, skipped: 0 };

const count = (passed, failed, skipped) => {
  total.passed += Number(passed);
  total.failed += Number(failed);
  total.skipped += Number(skipped);
};

/** Runs a program, shows what it says, and gives it to `see` line by line; gives its exit code. */
function run(program, args, see, options = {}) {
  console.log(`\n> ${program} ${args.join(" ")}`);
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"], ...options });
    createInterface({ input: child.stdout }).on("line", (line) => {
      console.log(line);
      see(line);
    });
    child.on("error", (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on("close", resolve);
  });
}

/** A run that failed and counted nothing that did is a failure by itself. */
async function counted(program, args, see, options) {
  const before = total.failed;
  const code = await run(program, args, see, options);
  if (code !== 0 && total.failed === before) {
    console.error(`"${program} ${args.join(" ")}" ended with ${code}`);
    count(0, 1, 0);
  }
  return code === 0;
}

const SUMMARY = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

async function rust() {
  const args = ["test", "--locked", "--features", "cli", "--no-fail-fast", "--target-dir", TARGET];
  await counted("cargo", args, (line) => {
    const result = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/.exec(line);
    const [, passed, failed, skipped = 0] = result ?? SUMMARY.exec(line) ?? [];
    if (passed !== undefined) count(passed, failed, skipped);
  });
}

async function node() {
  const tap = `${TARGET}/node-tests.tap`;
  rmSync(tap, { force: true });
  const reporters = ["--test-reporter=dot", "--test-reporter-destination=stdout"];
  reporters.push("--test-reporter=tap", `--test-reporter-destination=${tap}`);
  const tests = (folder) => {
    const files = readdirSync(`${PACKAGE}/${folder}`).filter((file) => file.endsWith(".test.mjs"));
    return files.sort().map((file) => `${folder}/${file}`);
  };
  const paths = [...tests("test"), ...tests("../www/test")];
  const args = ["--test", "--test-timeout=1800000", ...reporters, ...paths];
  await counted(process.execPath, args, () => {}, { cwd: PACKAGE });
  const said = readFileSync(tap, "utf8");
  const of = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(said)?.[1] ?? NaN);
  const failed = of("fail") + of("cancelled");
  if (failed > 0)
    console.log(
      said
        .split("\n")
        .filter((line) => /^ *not ok|^ +error:/.test(line))
        .join("\n"),
    );
  if (Number.isFinite(failed)) {
    // What `counted` took for one failure is counted here one by one.
    if (failed > 0) total.failed -= 1;
    count(of("pass"), failed, of("skipped"));
  }
}

/** The real clients, the packed package and the documents' snippets. */
async function around() {
  await counted(process.execPath, [`${PACKAGE}/test/runner/around.mjs`], (line) => {
    const [, passed, failed, skipped] = SUMMARY.exec(line) ?? [];
    if (passed !== undefined) count(passed, failed, skipped);
  });
}

prepare();
await rust();
if (await counted(process.execPath, [`${PACKAGE}/scripts/build.mjs`], () => {})) {
  await node();
  await around();
}
const prettier = [`${PACKAGE}/node_modules/prettier/bin/prettier.cjs`, "--check", "."];
for (const cwd of [PACKAGE, `${ROOT}/www`]) {
  count(...((await run(process.execPath, prettier, () => {}, { cwd })) === 0 ? [1, 0, 0] : [0, 1, 0]));
}

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
