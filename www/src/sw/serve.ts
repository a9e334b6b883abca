import { SLICE, turn, type Engine } from "../../../pkg-js/src/core/engine.js";
import { HAS_BODY, HTTPS, UNGUARDED, UNRECORDED } from "../../../pkg-js/src/core/flags.js";
import type { RawAnswer } from "../../../pkg-js/src/generated/glue.js";
import { RegistryError } from "../../../pkg-js/src/errors.js";
import type { Timing } from "../shared/protocol.js";
import { type Answered, type Listener, answered } from "./answer.js";
import type { Asked } from "./asked.js";
import { options } from "./engine.js";
import type { Keeper } from "./keeper.js";
import type { Call, Log } from "./log.js";
import { remounted } from "./mounts.js";

/** How often sessions that are idle for too long are looked for, in milliseconds. */
const TICK = 1000;

/** The longest chunk that content is kept in. */
const CHUNK = 1 << 20;

const UNKNOWN: Call = { operation: "unknown", faults: [] };

/** What a request came to, and who is to hear how it goes on. */
export interface Served {
  answer: Answered;
  entry: string;
  timing: () => Timing;
  listener: Listener;
}

/** Answers requests: what changes something is answered once it is stored. */
export class Server {
  #ticked = 0;

  constructor(
    private readonly keeper: Keeper,
    private readonly log: Log,
    private readonly origin: string,
  ) {}

  async serve(asked: Asked): Promise<Served> {
    const start = performance.now();
    if (asked.quiet) return this.#quietly(asked, start);
    const { raw, call, core, save, cold } = await this.keeper.retrying(() => this.#attempt(asked));
    const answer = answered(raw, asked.method === "HEAD");
    answer.headers = remounted(answer.headers, asked.mount, this.origin);
    const timing = (): Timing => ({
      core,
      ...(save !== undefined && { save }),
      total: performance.now() - start,
      ...(cold !== undefined && { cold }),
    });
    const entry = this.log.next();
    if (save !== undefined) {
      const repositories = call.repository === undefined ? [] : [call.repository];
      this.log.emit({ kind: "changed", revision: this.keeper.state.revision, repositories });
    }
    return { answer, entry, timing, listener: this.log.follow(entry, asked, call, answer, timing) };
  }

  async #attempt(asked: Asked): Promise<Done> {
    const { keeper } = this;
    const { engine } = keeper;
    const cold = keeper.takeCold();
    let core = 0;
    const timed = <T>(act: () => T): T => {
      const start = performance.now();
      const done = act();
      core += performance.now() - start;
      // Whoever read the registry anew meanwhile has another one.
      keeper.check(engine);
      return done;
    };
    try {
      if (Math.abs(Date.now() - this.#ticked) >= TICK) {
        this.#ticked = Date.now();
        engine.call("clock", (core) => core.tick(this.#ticked));
      }
      const raw = await ask(engine, asked, timed);
      // In the turn in which the answer was made: what changed since the last time is this request's.
      const journal = engine.call("the journal", (core) => core.takeJournal());
      const call = lastCall(engine);
      const start = performance.now();
      if (journal) await keeper.save(journal);
      // What changed nothing may rest on what is not stored yet.
      else if (!/^(GET|HEAD|OPTIONS)$/.test(asked.method)) await keeper.settled();
      const save = journal && performance.now() - start;
      return { raw, call, core, ...(save !== undefined && { save }), ...(cold !== undefined && { cold }) };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      keeper.check(engine);
      // The registry crashed. What is stored goes on without this request.
      keeper.forget();
      return { raw: failure(error), call: UNKNOWN, core };
    }
  }

  /** Reads past the log, faults and passwords: on a fork, which takes no time and is thrown away. */
  async #quietly(asked: Asked, start: number): Promise<Served> {
    await this.keeper.ready();
    const { engine, state } = this.keeper;
    const fork = engine.fork(Date.now, engine.clock);
    try {
      const open = { ...state, settings: { ...state.settings, auth: null, rateLimit: null, readOnly: true } };
      fork.call("fork()", (core) => core.configure(options(open)));
      const answer = answered(await ask(fork, asked, (act) => act()), asked.method === "HEAD");
      answer.headers = remounted(answer.headers, asked.mount, this.origin);
      const timing = (): Timing => ({ core: 0, total: performance.now() - start });
      return { answer, entry: "", timing, listener: { sent: () => {}, over: () => {} } };
    } finally {
      fork.close();
    }
  }
}

interface Done {
  raw: RawAnswer;
  call: Call;
  core: number;
  save?: number;
  cold?: number;
}

/** Asks the core. Long computation lets others run in between. */
async function ask(engine: Engine, asked: Asked, timed: <T>(act: () => T) => T): Promise<RawAnswer> {
  const { method, target, body } = asked;
  const flags = (body.length > 0 ? HAS_BODY : 0) | (asked.isHttps ? HTTPS : 0) | (asked.quiet ? UNRECORDED : 0);
  const begun = timed(() => engine.begin(method, target, asked.headers.flat(), flags, UNGUARDED));
  if (typeof begun !== "number") return begun;
  let isAnswered = false;
  for (let at = 0; at < body.length && !isAnswered; at += CHUNK) {
    isAnswered = timed(() => engine.body(begun, body.subarray(at, at + CHUNK)));
    if (at % SLICE === SLICE - CHUNK) await turn();
  }
  const line = `${method} ${target}`;
  while (timed(() => engine.call(line, (core) => core.work(begun, SLICE)))) await turn();
  const [status, lines, ...rest] = timed(() => engine.call(line, (core) => core.finish(engine.now(), begun, false)));
  return [status, lines === "" ? [] : lines.split("\n"), ...rest];
}

function lastCall(engine: Engine): Call {
  const [call] = JSON.parse(engine.call("calls", (core) => core.look("calls", ""))) as Call[];
  return call ?? UNKNOWN;
}

/** The answer of a registry that is none any more. */
function failure(error: RegistryError): RawAnswer {
  const detail = { code: error.code };
  const body = new TextEncoder().encode(
    JSON.stringify({ errors: [{ code: "UNKNOWN", message: error.message, detail }] }),
  );
  const headers = ["content-type", "application/json", "content-length", String(body.length)];
  return [
    500,
    [...headers, "x-content-type-options", "nosniff", "content-security-policy", "default-src 'none'"],
    [body],
  ];
}
