import { renameSync, rmSync, writeFileSync } from "node:fs";

import { RegistryError, reason } from "../errors.js";
import { test } from "../generated/tls.js";
import { start } from "../node.js";
import { checkControl, isLoopback } from "../node/listen.js";
import type { Registry, RegistryServer } from "../types.js";
import { mistake } from "./flags.js";
import type { Plan } from "./plan.js";

/** Serves until it is asked to stop. */
export async function serve({ options, caOut, readyFile, exitWithParent, env }: Plan): Promise<void> {
  if (caOut !== undefined) write("--ca-out", caOut, () => writeFileSync(caOut, test.ca));
  const registry = await bound(options);
  if (!isLoopback(options.host ?? "127.0.0.1")) {
    const address = `${options.host}:${registry.port}`;
    console.error(
      `warning: ${address} is not loopback: everybody who reaches it can read, push and delete without a password`,
    );
  }
  stopWith(registry, exitWithParent);
  if (readyFile !== undefined) {
    const ready = JSON.stringify({ url: registry.url, pid: process.pid, control: registry.control ?? null });
    write("--ready-file", readyFile, () => writeBeside(readyFile, ready));
  }
  const lines = [`listening on ${registry.url}`];
  if (env) lines.push(`REGISTRY_URL=${registry.url}`, `REGISTRY_INSECURE=${options.tls === undefined}`);
  console.log(lines.join("\n"));
}

async function bound(options: Plan["options"]): Promise<Registry & RegistryServer> {
  try {
    checkControl(options);
    return await start(options);
  } catch (thrown) {
    if (thrown instanceof RegistryError && thrown.code === "ERR_CONTROL") {
      throw mistake("others than this machine can reach --control there", "give it a token by --control-token TOKEN");
    }
    if (!(thrown instanceof RegistryError) || thrown.code !== "ERR_LISTEN") throw thrown;
    const what = thrown.message.slice(0, -`; ${thrown.hint}`.length);
    throw mistake(what, `choose another with --addr, such as --addr ${options.host}:0 for a free port`);
  }
}

/** Ends the program by Ctrl-C, by SIGTERM, or with stdin; at once when asked twice. */
function stopWith(registry: RegistryServer, exitWithParent: boolean): void {
  let asked = 0;
  const stop = () => {
    asked += 1;
    if (asked > 1) process.exit(0);
    void registry.close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  if (exitWithParent)
    process.stdin
      .on("end", stop)
      .on("close", () => asked === 0 && stop())
      .resume();
}

function write(flag: string, path: string, act: () => void): void {
  try {
    act();
  } catch (thrown) {
    throw mistake(`${path} cannot be written: ${reason(thrown)}`, `give ${flag} a place that can`);
  }
}

/** Writes a file beside its place and moves it there: who sees it sees all of it. */
function writeBeside(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw thrown;
  }
}
