// The README's table of verbs and carriers, and what is done for each of its rows.

import { readFileSync } from "node:fs";

/** How late an answer is, by the registry's clock. */
export const STEP = 100;

/** What a client is sent to; nobody listens there. */
const ELSEWHERE = "127.0.0.1:9";

const ERROR = { code: "TOOMANYREQUESTS", message: "slow down" };

/** The rows, and what is done for each; the checks are of answers that come at once. */
const ROWS = {
  "`status`": [
    { verb: "status", status: 429, ...ERROR, headers: { "Retry-After": "1" } },
    ({ status, headers, text }) =>
      status === 429 && headers.get("retry-after") === "1" && text === JSON.stringify({ errors: [ERROR] }),
  ],
  "`redirect`": [
    { verb: "redirect", status: 302, host: ELSEWHERE },
    // A page is not shown where it is sent: it is there already.
    ({ status, headers, followed, text }) =>
      followed
        ? status === 200 && text === "hello world" && isTarget(followed)
        : status === 302 && isTarget(headers.get("location")),
  ],
  "`header`": [
    { verb: "header", drop: ["Etag"], set: { "X-A": "b" } },
    ({ headers, text }) => headers.get("x-a") === "b" && !headers.has("etag") && text === "hello world",
  ],
  "`corrupt`": [{ verb: "corrupt", at: 5 }, ({ status, text }) => status === 200 && text === "hello!world"],
  "`delay`": [{ verb: "delay", time: STEP }],
  "`delay` at `chunks`": [{ verb: "delay", time: STEP, at: "chunks" }],
  "`delay` at `end`": [{ verb: "delay", time: STEP, at: "end" }],
  "`throttle`": [{ verb: "throttle", bytesPerSecond: 80 }],
  "`hang`": [{ verb: "hang" }],
  "`stall`": [{ verb: "stall", at: 5 }],
  "`reset`": [{ verb: "reset" }],
  "`reset` with `at`": [{ verb: "reset", at: 5 }],
  "`truncate`": [{ verb: "truncate", at: 5 }],
};

const isTarget = (url) => /^https?:\/\/[\w.]+:\d+\/v2\/app\/.*\?redirected-strict=1$/.test(url);

export const names = Object.keys(ROWS);

/** The rule of a row. Where a client follows by itself, `host` is one that answers. */
export function ruleOf(name, host = ELSEWHERE) {
  const [verb] = ROWS[name];
  return { match: { operation: "blob.get" }, do: [verb.host ? { ...verb, host } : verb] };
}

/** Whether that is the answer of a row, where it has one to look at. */
export const isAnswer = (name, answer) => ROWS[name][1]?.(answer) === true;

/** The blob that is asked for in a row. */
export const blobOf = (name) => (name.includes("chunks") ? "hello world".repeat(200_000) : "hello world");

/** The cells of the table, row by row. */
export function table(path) {
  const lines = readFileSync(new URL(path, import.meta.url), "utf8").split("\n");
  const start = lines.findIndex((line) => /^\| verb +\| `serve` +\|/.test(line));
  const end = lines.findIndex((line, at) => at > start && !line.startsWith("|"));
  const cells = lines.slice(start, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter(([first]) => !/^-+$/.test(first));
}
