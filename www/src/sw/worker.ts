import type { Event, Post, Reply } from "../shared/protocol.js";
import { Administration, type Host, Told } from "./admin.js";
import { collected } from "./answer.js";
import { Keeper } from "./keeper.js";
import { Log } from "./log.js";
import { unmounted } from "./mounts.js";
import { Server } from "./serve.js";

/** A registry with all that a worker has around it, whichever kind of worker it is. */
export class Worker {
  readonly server: Server;
  readonly #administration: Administration;

  constructor(
    scope: string,
    private readonly host: Host,
    tell?: (event: Event) => void,
  ) {
    const heard = (event: Event) => {
      // Another worker wrote: what is here is old.
      if (event.kind === "changed" && event.revision > (keeper.state?.revision ?? Infinity)) keeper.forget();
    };
    const log = new Log(host.instance, scope, heard, tell);
    const keeper = new Keeper(scope, () => log.emit({ kind: "status" }));
    this.server = new Server(keeper, log, new URL(scope).origin);
    this.#administration = new Administration(keeper, log, host);
  }

  /** Answers what a page posted. */
  async reply(post: Post, port: MessagePort, client: string): Promise<void> {
    let reply: Reply;
    try {
      const value =
        post.kind === "direct"
          ? await this.#direct(post, client)
          : await this.#administration.handle(post.name, post.ask, client);
      reply = { ok: true, value };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const hint = error instanceof Told ? error.hint : undefined;
      reply = { ok: false, error: { message, ...(hint !== undefined && { hint }) } };
    }
    port.postMessage(reply);
  }

  async #direct({ request }: Post & { kind: "direct" }, client: string): Promise<unknown> {
    const { method, headers, body, quiet = false } = request;
    const { mount, target } = unmounted(request.target, this.host.mounts);
    const bytes = body instanceof Blob ? new Uint8Array(await body.arrayBuffer()) : (body ?? new Uint8Array(0));
    const host = new URL(self.location.href);
    const has = (name: string) => headers.some(([known]) => known.toLowerCase() === name);
    const needsLength = bytes.length > 0 || /^(POST|PUT|PATCH)$/.test(method);
    const served = await this.server.serve({
      method,
      target,
      mount,
      via: "direct",
      client,
      quiet,
      isHttps: host.protocol === "https:",
      body: bytes as Uint8Array<ArrayBuffer>,
      headers: [
        ...(has("host") ? [] : [["host", host.host] as [string, string]]),
        ...headers,
        ...(has("content-length") || !needsLength
          ? []
          : [["content-length", String(bytes.length)] as [string, string]]),
      ],
    });
    const { answer, entry, timing, listener } = served;
    const { status, body: sent, ended } = await collected(answer, listener);
    return {
      status,
      headers: status === 0 ? [] : answer.headers,
      body: sent,
      ...(ended && { ended }),
      timing: timing(),
      entry,
    };
  }
}

/** A name that no other start of a worker has. */
export const newInstance = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("");
