// The ways a request gets to a registry and its answer back: `registry.fetch`, and a socket with nothing made better on the
// way. What a client has to put on a request is put on here, alike for both.

import { connect } from "node:net";

import { createRegistry, startRegistry } from "../../dist/node.js";

/** The host that every request asks, whoever carries it. */
export const HOST = "registry.localhost:5000";

const OF_THE_CONNECTION = ["connection", "date", "keep-alive", "transfer-encoding"];

/** Headers with what a client adds to them. */
function framed({ method, headers, body, chunked }) {
  const all = headers.map(([name, value]) => [name, value]);
  const has = (name) => all.some(([known]) => known.toLowerCase() === name);
  if (!has("host")) all.unshift(["Host", HOST]);
  const isPush = ["POST", "PUT", "PATCH"].includes(method);
  if (chunked) all.push(["Transfer-Encoding", "chunked"]);
  else if (!has("content-length") && (isPush || body.length > 0)) all.push(["Content-Length", String(body.length)]);
  return all;
}

/** An answer without what belongs to the connection. */
function answer(status, headers, body) {
  const kept = headers.filter(([name]) => !OF_THE_CONNECTION.includes(name.toLowerCase()));
  return {
    status,
    headers: kept.map(([name, value]) => [name.toLowerCase(), value]),
    body: Buffer.from(body),
    header(name) {
      const values = this.headers.filter(([known]) => known === name.toLowerCase()).map(([, value]) => value);
      return values.length > 0 ? values.join(", ") : undefined;
    },
  };
}

/** By `registry.fetch`. */
export class Fetch {
  static async start(options) {
    const carrier = new Fetch();
    carrier.registry = await createRegistry({ ...options, url: `http://${HOST}` });
    return carrier;
  }

  async send(request) {
    const { method, target, body, chunked } = request;
    const init = { method, headers: framed(request) };
    if (body.length > 0) init.body = chunked ? new Blob([body]).stream() : body;
    const response = await this.registry.fetch(target, init);
    return answer(response.status, [...response.headers], await response.arrayBuffer());
  }

  close() {
    return this.registry.close();
  }
}

/** Over a socket: one connection for each request, read to its end. */
export class Socket {
  static async start(options) {
    const carrier = new Socket();
    carrier.registry = await startRegistry({ rngSeed: 0, ...options });
    return carrier;
  }

  async send(request) {
    const { method, target, body, chunked } = request;
    const head = [`${method} ${target} HTTP/1.1`];
    for (const [name, value] of framed(request)) head.push(`${name}: ${value}`);
    head.push("Connection: close", "", "");
    const pieces = [Buffer.from(head.join("\r\n"), "latin1")];
    if (chunked) {
      // No power of two, so that no buffer ends where a piece does.
      for (let at = 0; at < body.length; at += 7919) {
        const piece = body.subarray(at, at + 7919);
        pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
      }
      pieces.push(Buffer.from("0\r\n\r\n"));
    } else {
      pieces.push(body);
    }
    return parse(await exchange(this.registry.port, Buffer.concat(pieces)), method === "HEAD");
  }

  close() {
    return this.registry.close();
  }
}

/** Sends bytes and gives all that comes back. */
export function exchange(port, bytes) {
  return new Promise((resolve, reject) => {
    const received = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => received.push(chunk));
    socket.on("end", () => socket.end());
    socket.on("error", (error) => (received.length > 0 ? resolve(Buffer.concat(received)) : reject(error)));
    socket.on("close", () => resolve(Buffer.concat(received)));
    socket.setTimeout(30_000, () => socket.destroy(new Error("nothing came for 30 s")));
  });
}

/** Takes an answer apart, and holds its framing to RFC 9112, section 6.3. */
export function parse(received, isHead) {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) throw new Error(`no whole head came: ${JSON.stringify(received.toString("latin1"))}`);
  const [first, ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(first.split(" ")[1]);
  const headers = lines.map((line) => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  const value = (name) => headers.find(([known]) => known.toLowerCase() === name)?.[1];
  const rest = received.subarray(end + 4);
  if (isHead || status === 204 || status === 304) return answer(status, headers, rest);
  if (value("transfer-encoding") !== undefined) return answer(status, headers, unchunk(rest));
  if (rest.length !== Number(value("content-length"))) {
    throw new Error(`${rest.length} bytes came of ${value("content-length")}`);
  }
  return answer(status, headers, rest);
}

function unchunk(rest) {
  const pieces = [];
  for (;;) {
    const end = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.subarray(0, end).toString("latin1"), 16);
    if (!(end > 0) || Number.isNaN(size)) throw new Error("a chunk without its size");
    if (size === 0) return Buffer.concat(pieces);
    pieces.push(rest.subarray(end + 2, end + 2 + size));
    rest = rest.subarray(end + 2 + size + 2);
  }
}
