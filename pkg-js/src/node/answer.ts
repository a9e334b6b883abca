import type { ServerResponse } from "node:http";

import type { Engine } from "../core/engine.js";
import { Pace, measured, type Ender } from "../core/pace.js";
import type { RawAnswer, Step } from "../generated/glue.js";
import { breakOff, closing } from "./early.js";
import { titled } from "./names.js";
import { reset } from "./reset.js";

/** The longest piece that is written at a time. */
const PIECE = 1 << 20;

/** Says whether the connection ends after an answer; asked when its head is about to go. */
export type Closes = () => boolean | Promise<boolean>;

/** Sends an answer. Where that fails, the connection ends, and nobody else hears of it. */
export function send(engine: Engine, res: ServerResponse, answer: RawAnswer, closes?: Closes): void {
  write(engine, res, answer, closes).catch(() => res.destroy());
}

async function write(engine: Engine, res: ServerResponse, answer: RawAnswer, closes?: Closes): Promise<void> {
  const [status, flat, , before = []] = answer;
  const isPlain = before.length === 0 && answer[2].every((step) => typeof step === "object");
  const pace = isPlain ? undefined : new Pace(engine, answer, untilGone(res));
  if (before.length > 0 && !(await effects(pace, res, before))) return;
  const close = closes ? await closes() : false;
  const headers = titled(flat);
  if (close && !flat.includes("connection")) headers.push("Connection", "close");
  if ((close || flat.includes("connection")) && res.socket) closing.add(res.socket);
  res.writeHead(status, headers);
  const hasBody = res.req.method !== "HEAD" && status !== 204 && status !== 304;
  // Where there is no body, nothing happens to it.
  const { steps, owes } = hasBody ? measured(answer) : { steps: [], owes: false };
  const [only] = steps;
  if (!owes && steps.length <= 1 && (only === undefined || (typeof only === "object" && only.length <= PIECE))) {
    res.end(only);
    return;
  }
  // The head does not wait for the first byte.
  if (typeof only !== "object") res.flushHeaders();
  if (!(await effects(pace, res, steps))) return;
  if (!owes) res.end();
  else if (res.socket) breakOff(res.socket);
}

/** Does what the steps say. `false`: the connection is gone, or the answer never ends. */
async function effects(pace: Pace | undefined, res: ServerResponse, steps: readonly Step[]): Promise<boolean> {
  for (const step of steps) {
    if (res.destroyed) return false;
    if (typeof step === "number") await pace?.wait(step);
    else if (step === "reset") {
      await reset(res.socket ?? res.req.socket);
      return false;
    } else if (step === "hang") return false;
    else if (!(await give(res, step))) return false;
  }
  return true;
}

/** Who is gone is not waited for. */
function untilGone(res: ServerResponse): Ender {
  return (giveUp) => {
    const gone = () => giveUp(new Error("the client is gone"));
    res.on("close", gone);
    return () => res.off("close", gone);
  };
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
