// A client that sends bytes as they are, and sees everything that comes back.

import { connect } from "node:net";

export class Raw {
  #received = Buffer.alloc(0);
  #wake = () => {};

  constructor(port, host = "127.0.0.1") {
    this.socket = connect({ port, host, allowHalfOpen: true });
    this.socket.setNoDelay(true);
    this.isEnded = false;
    this.isReset = false;
    const note = (act) => (value) => {
      act(value);
      this.#wake();
    };
    this.socket.on(
      "data",
      note((chunk) => (this.#received = Buffer.concat([this.#received, chunk]))),
    );
    this.socket.on(
      "end",
      note(() => (this.isEnded = true)),
    );
    this.socket.on(
      "error",
      note((error) => (this.isReset ||= error.code === "ECONNRESET" || error.code === "EPIPE")),
    );
    this.socket.on(
      "close",
      note(() => (this.isEnded = true)),
    );
  }

  send(bytes) {
    this.socket.write(bytes);
    return this;
  }

  /** The next answer; `method` says whether it has a body. */
  async answer(method = "GET") {
    const end = await this.#until(() => {
      const at = this.#received.indexOf("\r\n\r\n");
      return at < 0 ? undefined : at + 4;
    });
    const head = this.#take(end).toString("latin1");
    const status = Number(head.split(" ")[1]);
    const [, ...lines] = head.trimEnd().split("\r\n");
    const headers = new Map(lines.map((line) => [line.split(": ")[0], line.slice(line.indexOf(": ") + 2)]));
    const hasBody = status >= 200 && method !== "HEAD" && status !== 204 && status !== 304;
    const length = hasBody ? Number(headers.get("Content-Length") ?? 0) : 0;
    await this.#until(() => (this.#received.length >= length ? true : undefined));
    const text = this.#take(length).toString();
    const code = () => JSON.parse(text).errors[0].code;
    return { head, status, headers, text, code };
  }

  ask(bytes, method) {
    return this.send(bytes).answer(method);
  }

  /** Everything until the server's side ends. */
  async rest() {
    await this.#until(() => (this.isEnded ? true : undefined));
    return this.#take(this.#received.length);
  }

  close() {
    this.socket.destroy();
  }

  async closed() {
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once("close", resolve));
  }

  #take(length) {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async #until(found) {
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      if (this.isEnded) throw new Error(`the connection ended; what came: ${this.#received.toString("latin1")}`);
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("nothing came for 20 s")), 20_000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

export const get = (target, headers = "") => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;

/** The digest of "hello". */
export const HELLO = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
