// Runs test files, each in a process of its own, and says what ran in lines and one closing sum.

import { spawn } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";

const reporter = fileURLToPath(new URL("./reporter.mjs", import.meta.url));

/** What is absent fails a run in CI. Elsewhere it is skipped, with its name. */
export const mustBeComplete = process.env.CI === "true";

export class Report {
  passed = 0;
  failed = 0;
  skipped = 0;

  /** @param {"passed" | "failed" | "skipped"} result */
  add(result, name, detail = "") {
    this[result] += 1;
    const mark = { passed: "ok     ", failed: "FAILED ", skipped: "skipped" }[result];
    console.log(`${mark} ${name}${result === "skipped" && detail ? `: ${detail}` : ""}`);
    if (result === "failed" && detail) console.log(detail.replace(/^/gm, "        "));
  }

  /** Adds what is not here: a failure in CI, else a skipped case. */
  missing(name, reason) {
    this.add(mustBeComplete ? "failed" : "skipped", name, reason);
  }

  /** Prints the closing line, and makes the process fail if a case did or if none ran. */
  close() {
    console.log(`\n${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
    process.exitCode = this.failed > 0 || this.passed === 0 ? 1 : 0;
  }
}

/** Runs a runner and closes its report, where its file is the program and not a part of another. */
export async function main(url, run) {
  if (url !== pathToFileURL(process.argv[1] ?? "").href) return;
  const report = new Report();
  await run(report, process.argv.slice(2));
  report.close();
}

/**
 * Runs one file of node:test under the given Node and adds its cases to the report.
 *
 * @param {{ report: Report, file: URL, node?: string, label: string, env?: Record<string, string>, timeout?: number }} options
 */
export async function runFile({ report, file, node = process.execPath, label, env = {}, timeout = 300_000 }) {
  const { NODE_TEST_CONTEXT: _outer, ...inherited } = process.env;
  const child = spawn(node, ["--test-reporter", reporter, fileURLToPath(file)], {
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), timeout);
  const [out, err, ended] = await Promise.all([text(child.stdout), text(child.stderr), end(child)]);
  clearTimeout(timer);
  const cases = out.split("\n").flatMap(parsed);
  for (const { result, name, reason, error } of cases) report.add(result, `${label}: ${name}`, error ?? reason);
  const told = cases.some(({ result }) => result === "failed");
  if (!told && (ended !== 0 || cases.length === 0)) {
    report.add("failed", label, `ended with ${ended} after ${cases.length} cases\n${out}${err}`.trimEnd());
  }
}

/** A line that is not the reporter's was printed by what is tested, and is no case. */
function parsed(line) {
  if (!line.startsWith('{"result":')) return [];
  return [JSON.parse(line)];
}

async function text(stream) {
  let all = "";
  for await (const chunk of stream.setEncoding("utf8")) all += chunk;
  return all;
}

function end(child) {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal ?? code));
  });
}
