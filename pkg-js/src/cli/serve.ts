import { renameSync, rmSync, writeFileSync } from "node:fs";

import { RegistryError, reason } from "../errors.js";
import { test } from "../generated/tls.js";
import { start } from "../node.js";
import { checkControl, isLoopback } from "../node/listen.js";
import type { WasmRegistry } from "../registry.js";
import type { RegistryServer } from "../types.js";
import { mistake } from "./flags.js";
import { loadedLines, type Load } from "./load.js";
import type { Plan } from "./plan.js";

/** Serves until it is asked to stop. */
export async function serve({ options, loads, caOut, readyFile, exitWithParent, env }: Plan): Promise<void> {
  if (caOut !== undefined) write("--ca-out", caOut, () => writeFileSync(caOut, test.ca));
  const registry = await bound(options, loads);
  for (const line of loadedLines(loads, registry.seeded)) console.error(line);
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

async function bound(options: Plan["options"], loads: readonly Load[]): Promise<WasmRegistry & RegistryServer> {
  try {
    checkControl(options);
    return (await start({ ...options, seed: loads.map(({ seed }) => seed) })) as WasmRegistry & RegistryServer;
  } catch (thrown) {
    if (thrown instanceof RegistryError && thrown.code === "ERR_SEED") {
      throw mistake(thrown.message, "nothing was loaded");
    }
    if (thrown instanceof RegistryError && thrown.code === "ERR_CONTROL") {
      throw mistake("others than this machine can reach --control there", "give it a token by --control-token TOKEN");
    }
    if (!(thrown instanceof RegistryError) || thrown.code !== "ERR_LISTEN") throw thrown;
    const what = thrown.message.slice(0, -`; ${thrown.hint}`.length);
    throw mistake(what, `choose another with --addr, such as --addr ${options.host}:0 for a free port`);
  } finally {
    for (const load of loads) load.close();
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
