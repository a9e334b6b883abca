import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

import { HAS_BODY, HTTPS, UNGUARDED, UNRECORDED } from "../core/flags.js";
import type { RawAnswer } from "../generated/glue.js";
import { closing, endWith } from "./early.js";
import type { Setting } from "./handler.js";
import { STATUS_CODES } from "./http.js";
import { titled } from "./names.js";

/** What Node's parser says of what it does not take. */
export interface ParserError extends Error {
  code?: string;
  bytesParsed?: number;
  rawPacket?: Buffer;
}

/** Answers what Node's parser refuses, and closes. `current` is the answer that is on its way on that socket. */
export function refuse(
  setting: Setting,
  error: ParserError,
  socket: Socket,
  current: ServerResponse | undefined,
): void {
  if (closing.has(socket)) return;
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  closing.add(socket);
  const act = () => {
    if (!socket.writable) socket.destroy();
    else endWith(socket, write(answer(setting, error), isHead(error)));
  };
  // The answers before it go first; one whose own body broke is replaced.
  if (current && !current.writableFinished && current.req.complete) current.once("finish", act);
  else if (current?.headersSent && !current.writableFinished) socket.destroy();
  else act();
}

function answer(setting: Setting, error: ParserError): RawAnswer {
  const { engine } = setting;
  if (error.code === "HPE_HEADER_OVERFLOW") {
    // The core words it; any head that is too large will do.
    const begun = engine.begin("GET", "/v2/", ["x", "x".repeat(65 << 10)], UNRECORDED, UNGUARDED);
    if (typeof begun !== "number") return begun;
  }
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return [408, ["content-length", "0"], []];
  }
  const head = error.code === "HPE_INVALID_METHOD" ? parse(error) : undefined;
  if (head) {
    // A body may follow; whatever it is, it is not read.
    const flags = HAS_BODY | (setting.isHttps ? HTTPS : 0);
    const begun = engine.begin(head.method, head.target, head.headers, flags, setting.guard);
    if (typeof begun !== "number") return begun;
    engine.forget(begun);
  }
  return engine.unreadable(`${error.message} (${error.code ?? "no code"})`);
}

/** The head that the parser stopped in, at a method it does not know; strictly, since nobody else has read it. */
function parse({ rawPacket, bytesParsed = 0 }: ParserError) {
  if (!rawPacket) return undefined;
  const text = rawPacket.toString("latin1");
  const start = text.lastIndexOf("\n", Math.max(bytesParsed - 1, 0)) + 1;
  const end = text.indexOf("\r\n\r\n", start);
  const [line = "", ...lines] = text.slice(start, end < 0 ? start : end).split("\r\n");
  const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\xff]+) HTTP\/1\.1$/.exec(line);
  if (!found) return undefined;
  const headers: string[] = [];
  for (const line of lines) {
    const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
    if (!header) return undefined;
    headers.push(header[1]!, header[2]!.trimEnd());
  }
  return { method: found[1]!, target: found[2]!, headers };
}

function isHead({ rawPacket }: ParserError): boolean {
  return rawPacket?.subarray(0, 5).toString("latin1") === "HEAD ";
}

/** An answer as it stands on the wire. */
function write([status, headers, steps]: RawAnswer, isHead: boolean): Uint8Array {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`];
  const all = titled(headers);
  for (let i = 0; i < all.length; i += 2) {
    if (all[i] !== "Connection") lines.push(`${all[i]}: ${all[i + 1]}`);
  }
  lines.push("Connection: close", `Date: ${new Date().toUTCString()}`, "", "");
  const body = isHead ? [] : steps.filter((step) => typeof step === "object");
  return Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), ...body]);
}
