import type { IncomingMessage, ServerResponse } from "node:http";

import { turn } from "../core/engine.js";
import { HTTPS, HTTP_1_0 } from "../core/flags.js";
import { RegistryError, reason } from "../errors.js";
import { openapi } from "../generated/openapi.js";
import type { RawAnswer } from "../generated/glue.js";
import type { WasmRegistry } from "../registry.js";
import type { Registry, RegistryServer } from "../types.js";
import { send } from "./answer.js";
import { leave } from "./early.js";
import type { Setting } from "./handler.js";
import type { InnerOptions } from "./listen.js";

// Taken when the program starts: the fake timers of a test must not stop a server.
const { clearInterval, setInterval } = globalThis;

/** The longest body, and how many registries there may be; `src/control/mod.rs` has the same. */
const LONGEST_BODY = 1 << 20;
const MOST_REGISTRIES = 256;

/** How often calls are looked for while somebody follows them, in milliseconds. */
const BEAT = 50;

/** The registries that control made, by number. */
export interface Others {
  last: number;
  readonly open: Map<number, { server: RegistryServer; registry: Registry }>;
}

/** What the core leaves to its host. */
type Task =
  | { do: "describe" | "reset" | "clock" | "runAll" | "registries" | "open" }
  | { do: "advance"; ms: number }
  | { do: "registry" | "close"; id: number }
  | { do: "follow"; events: boolean };

/** Whether a target is one of the control API. */
export const isControl = (target: string): boolean => /^\/_control(?:[/?]|$)/.test(target);

/** The control of one server: all that is decided is decided in the core. */
export class Control {
  readonly #others: Others;
  readonly #isFirst: boolean;
  readonly #followers = new Set<() => void>();

  constructor(
    private readonly registry: WasmRegistry,
    private readonly options: InnerOptions,
    private readonly listen: (registry: Registry, options: InnerOptions) => Promise<RegistryServer>,
  ) {
    this.#isFirst = options.others === undefined;
    this.#others = options.others ?? { last: 0, open: new Map() };
    const token = typeof options.control === "object" ? (options.control.token ?? "") : "";
    try {
      registry.openControl(token);
    } catch (thrown) {
      throw new RegistryError("ERR_CONTROL", "options.control cannot be used", reason(thrown));
    }
  }

  async handle(setting: Setting, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { engine, guard, isHttps } = setting;
    const body = await read(req);
    const flags = (isHttps ? HTTPS : 0) | (req.httpVersion === "1.0" ? HTTP_1_0 : 0);
    // Of a body that broke off nobody knows what it would have said.
    if (body === "cut") return;
    if (body === "too long") {
      leave(req, req.socket);
      send(engine, res, json(413, { error: "a body has at most 1 MiB" }), () => true);
      return;
    }
    if (!this.options.control && !/^(GET|HEAD)$/.test(req.method!)) {
      const error = "this registry is only looked at; start it with --control to change it from here";
      send(engine, res, json(403, { error }));
      return;
    }
    const reply = this.registry.askControl(req.method!, req.url!, req.rawHeaders, body, flags, guard);
    if (typeof reply !== "string") return send(engine, res, reply);
    const task = JSON.parse(reply) as Task;
    if (task.do === "follow") this.#follow(req, res, task.events);
    else send(engine, res, await this.#act(task));
  }

  /** Lets who follows go; with the first server all others end. */
  async end(): Promise<void> {
    for (const stop of this.#followers) stop();
    if (this.#isFirst) await Promise.all([...this.#others.open.keys()].map((id) => this.#take(id)?.()));
  }

  async #act(task: Exclude<Task, { do: "follow" }>): Promise<RawAnswer> {
    const { clock } = this.registry;
    switch (task.do) {
      case "describe":
        return json(200, JSON.parse(openapi));
      case "reset":
        this.registry.reset();
        return [204, [], []];
      case "advance":
        clock.advance(task.ms);
        break;
      case "runAll":
        clock.runAll();
        break;
      case "clock":
        break;
      case "open":
        return this.#open();
      case "registries":
        return json(200, [...this.#others.open.keys()].map(this.#entry));
      case "registry":
        return this.#others.open.has(task.id) ? json(200, this.#entry(task.id)) : absent(task.id);
      case "close":
        return this.#close(task.id);
    }
    return json(200, { now: clock.now().toISOString(), mode: clock.mode });
  }

  #close(id: number): RawAnswer {
    const close = this.#take(id);
    // Who asks for its own end gets the answer first.
    void turn().then(close);
    return close ? [204, [], []] : absent(id);
  }

  async #open(): Promise<RawAnswer> {
    const others = this.#others;
    const tooMany = (why: string) => json(429, { error: `${why}; end some` });
    if (others.open.size >= MOST_REGISTRIES) return tooMany(`there are ${MOST_REGISTRIES} registries`);
    const registry = this.registry.forkElsewhere();
    try {
      const server = await this.listen(registry, { ...this.options, port: 0, others });
      others.last += 1;
      others.open.set(others.last, { server, registry });
      return json(201, this.#entry(others.last));
    } catch (thrown) {
      await registry.close();
      return tooMany(`no port for another registry: ${reason(thrown)}`);
    }
  }

  /** Takes a registry out of the list; `undefined`: there is none. */
  #take(id: number): (() => Promise<void>) | undefined {
    const other = this.#others.open.get(id);
    this.#others.open.delete(id);
    return other && (() => other.server.close().then(() => other.registry.close()));
  }

  readonly #entry = (id: number) => {
    const { url, control } = this.#others.open.get(id)!.server;
    return { id, url, control };
  };

  /** Tells of the calls that are kept, then of each new one. */
  #follow(req: IncomingMessage, res: ServerResponse, events: boolean): void {
    const query = new URLSearchParams(req.url!.split("?")[1]);
    query.delete("follow");
    let read: readonly number[] | undefined;
    const news = () => {
      const called = this.registry.called();
      if (read?.join() === called.join()) return;
      if (read) {
        query.set("since", String(read[0] === called[0] ? read[1] : 0));
        query.delete("last");
      }
      read = called;
      const lines = this.registry.callLines(String(query).replaceAll("+", "%20"));
      res.write(lines.map((line) => (events ? `data: ${line}\n\n` : `${line}\n`)).join(""));
    };
    const type = events ? "text/event-stream" : "application/x-ndjson";
    res.writeHead(200, {
      "Content-Type": type,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    });
    res.flushHeaders();
    const stop = () => {
      clearInterval(timer);
      this.#followers.delete(stop);
      res.end();
    };
    const timer = setInterval(() => {
      try {
        // Who does not read is not written to.
        if (res.writableLength === 0) news();
      } catch {
        stop();
      }
    }, BEAT);
    this.#followers.add(stop);
    res.on("close", stop);
    news();
  }
}

/** A body, or why there is none. */
async function read(req: IncomingMessage): Promise<Uint8Array | "too long" | "cut"> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    req.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > LONGEST_BODY) resolve("too long");
      else chunks.push(chunk);
    });
    req.on("end", () => resolve(Buffer.concat(chunks)));
    req.on("close", () => resolve("cut"));
  });
}

function absent(id: number): RawAnswer {
  return json(404, { error: `there is no registry ${id}` });
}

function json(status: number, value: unknown): RawAnswer {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const headers = ["content-type", "application/json", "content-length", String(body.length)];
  return [status, [...headers, "cache-control", "no-store", "x-content-type-options", "nosniff"], [body]];
}
