import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

// Taken when the program starts: the fake timers of a test must not stop a server.
const { clearTimeout, setTimeout } = globalThis;

/** A body short enough to be read although nobody wants it: that costs less than a new connection. */
const SHORT = 64 << 10;

/** How long such a body may take, in milliseconds. */
const PATIENCE = 200;

/** How much of a longer one is read and dropped, so that the client sees the answer and not a reset. */
const DROPPED = 16 << 20;

/** And for how long, in milliseconds. */
const LINGER = 2000;

/** The sockets on which nothing is read any more: the answer that closes them is given. */
export const closing = new WeakSet<Socket>();

/** Reads a body that nobody wants, when it is short. `false`: the connection is better closed. */
export function skip(req: IncomingMessage): Promise<boolean> {
  const length = Number(req.headers["content-length"] ?? Infinity);
  if (req.readableEnded) return Promise.resolve(true);
  if (req.headers["transfer-encoding"] !== undefined || !(length <= SHORT)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      req.off("end", done);
      req.off("close", done);
      resolve(req.readableEnded);
    };
    const timer = setTimeout(done, PATIENCE);
    req.on("end", done);
    req.on("close", done);
    req.resume();
  });
}

/**
 * Lets a connection end after the answer that goes out next, whatever the client still sends: our side is closed, and theirs
 * is read and dropped for a while.
 */
export function leave(req: IncomingMessage, socket: Socket): void {
  closing.add(socket);
  let left = DROPPED;
  let isSent = false;
  const end = () => socket.destroy();
  const drop = (chunk: Uint8Array) => {
    left -= chunk.length;
    if (left < 0) end();
  };
  req.on("data", drop);
  req.on("end", () => isSent && end());
  req.resume();
  const destroySoon = socket.destroySoon.bind(socket);
  // What Node calls when the last answer of a connection is written.
  socket.destroySoon = () => {
    isSent = true;
    closeIn(socket, LINGER);
    if (req.readableEnded) destroySoon();
    else socket.end();
  };
}

/** Ends a connection in the middle of an answer, in the way that a server ends which knows of no more bytes. */
export function breakOff(socket: Socket): void {
  closing.add(socket);
  socket.end();
  closeIn(socket, LINGER);
}

/** The same for a socket whose client nobody understands: it is written to, closed, and drained. */
export function endWith(socket: Socket, bytes: Uint8Array): void {
  closing.add(socket);
  let left = DROPPED;
  socket.end(bytes);
  socket.on("data", (chunk) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  });
  socket.resume();
  closeIn(socket, LINGER);
}

function closeIn(socket: Socket, ms: number): void {
  const timer = setTimeout(() => socket.destroy(), ms);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}
