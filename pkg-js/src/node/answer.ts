import type { ServerResponse } from "node:http";

import type { Engine } from "../core/engine.js";
import type { RawAnswer, Step } from "../generated/glue.js";
import { closing } from "./early.js";
import { titled } from "./names.js";

/** The longest piece that is written at a time. */
const PIECE = 1 << 20;

/** Sends an answer. Where that fails, the connection ends, and nobody else hears of it. */
export function send(engine: Engine, res: ServerResponse, answer: RawAnswer, close = false): void {
  write(engine, res, answer, close).catch(() => res.destroy());
}

async function write(engine: Engine, res: ServerResponse, answer: RawAnswer, close: boolean): Promise<void> {
  const [status, flat, steps, before = []] = answer;
  if (before.length > 0 && !(await effects(engine, res, before))) return;
  const headers = titled(flat);
  if (close && !flat.includes("connection")) headers.push("Connection", "close");
  if ((close || flat.includes("connection")) && res.socket) closing.add(res.socket);
  res.writeHead(status, headers);
  const [only] = steps;
  if (steps.length <= 1 && (only === undefined || (typeof only === "object" && only.length <= PIECE))) {
    res.end(only);
    return;
  }
  if (await effects(engine, res, steps)) res.end();
}

/** Does what the steps say. `false`: the connection is gone, or the answer never ends. */
async function effects(engine: Engine, res: ServerResponse, steps: readonly Step[]): Promise<boolean> {
  for (const step of steps) {
    if (typeof step === "number") await engine.sleep(step);
    else if (step === "reset") {
      res.socket?.resetAndDestroy();
      return false;
    } else if (step === "hang") return false;
    else if (!(await give(res, step))) return false;
  }
  return true;
}

/** Writes as fast as the client reads. `false`: it is gone. */
async function give(res: ServerResponse, bytes: Uint8Array): Promise<boolean> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    if (res.destroyed) return false;
    if (!res.write(bytes.subarray(at, at + PIECE)) && !(await drained(res))) return false;
  }
  return !res.destroyed;
}

function drained(res: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const done = () => {
      res.off("drain", done);
      res.off("close", done);
      resolve(!res.destroyed);
    };
    res.on("drain", done);
    res.on("close", done);
  });
}
