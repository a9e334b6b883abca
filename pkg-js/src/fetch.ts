import { SLICE, turn, type Engine } from "./core/engine.js";
import { HAS_BODY, HTTPS, UNGUARDED } from "./core/flags.js";
import { Gather, LONGEST } from "./core/gather.js";
import { Pace, measured, type Ender } from "./core/pace.js";
import { RegistryError } from "./errors.js";
import type { RawAnswer } from "./generated/glue.js";

/** The longest piece that is handed out at a time. */
const PIECE = 256 << 10;

/** An answer that is one piece up to here; longer ones are streamed. */
const SHORT = 1 << 20;

/** How long a service worker waits before it breaks a body, in milliseconds: a browser drops what the page has not read by then. */
const LINGER = "skipWaiting" in globalThis ? 50 : 0;

// Taken when the program starts: the fake timers of a test must not stop an answer.
const { setTimeout } = globalThis;

/** A request, as far as the core asks. */
interface Asked {
  method: string;
  target: string;
  /** Where it would be asked, for `response.url`. */
  url: string;
  isHttps: boolean;
  headers: string[];
  body: ReadableStream<Uint8Array> | Uint8Array | null;
  signal: AbortSignal | undefined;
  /** Held as long as it is answered. */
  request?: Request;
}

/** Answers a request in the place of the network. */
export async function answer(engine: Engine, base: string, input: Request | URL | string, init?: RequestInit) {
  const asked = read(base, input, init);
  const { method, target, headers, body, signal } = asked;
  signal?.throwIfAborted();
  const flags = (body ? HAS_BODY : 0) | (asked.isHttps ? HTTPS : 0);
  const begun = engine.begin(method, target, headers, flags, UNGUARDED);
  if (typeof begun !== "number") {
    if (body && !ArrayBuffer.isView(body)) body.cancel().catch(() => {});
    return respond(engine, asked, begun);
  }
  const cut = body ? !(await give(engine, begun, body, signal)) : false;
  return respond(engine, asked, await engine.finish(begun, `${method} ${target}`, cut));
}

/** Hands a body over. `false`: it broke off. */
async function give(
  engine: Engine,
  exchange: number,
  body: NonNullable<Asked["body"]>,
  signal: AbortSignal | undefined,
) {
  let isAnswered = false;
  const gather = new Gather((chunk) => {
    isAnswered = engine.body(exchange, chunk) || isAnswered;
  });
  if (ArrayBuffer.isView(body)) {
    for (let at = 0; at < body.length && !isAnswered; at += LONGEST) {
      gather.copy(body.subarray(at, at + LONGEST));
      if (at % SLICE === SLICE - LONGEST) await turn();
    }
    gather.end();
    return true;
  }
  const reader = body.getReader();
  const aborted = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", aborted);
  try {
    while (!isAnswered) {
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) break;
      if (!ArrayBuffer.isView(value)) throw new TypeError("a body is made of bytes");
      gather.copy(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
    gather.end();
    if (isAnswered) reader.cancel().catch(() => {});
    return true;
  } catch {
    if (signal?.aborted) {
      engine.forget(exchange);
      throw signal.reason;
    }
    return false;
  } finally {
    signal?.removeEventListener("abort", aborted);
  }
}

/** Takes a request apart. */
function read(base: string, input: Request | URL | string, init: RequestInit | undefined): Asked {
  const isRequest = typeof input === "object" && "method" in input && "headers" in input;
  if (!isRequest) {
    const text = String(input);
    // A path is one, also where it starts with two slashes.
    const full = text.startsWith("/") ? base.replace(/\/$/, "") + text : text;
    const url = URL.canParse(full, base) ? new URL(full, base) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
      return { ...head(base, new Request(base, ready(init)), init), target: text, url: text };
    }
    url.hash = "";
    if (!init) return plain(url);
    return head(base, new Request(url, ready(init)), init);
  }
  if (input.bodyUsed && !init?.body) {
    const hint = "clone() it before it is read";
    throw new RegistryError("ERR_BODY_USED", `the body of ${input.method} ${input.url} was read already`, hint);
  }
  return head(base, init ? new Request(input, ready(init)) : input, init);
}

/** A GET with nothing else to say: it needs no Request, which costs more than the answer. */
function plain(url: URL): Asked {
  const isHttps = url.protocol === "https:";
  const target = url.pathname + url.search;
  return { method: "GET", target, url: url.href, isHttps, headers: ["host", url.host], body: null, signal: undefined };
}

/** `duplex` is what fetch asks for beside a stream; nobody has to write it here. */
function ready(init: RequestInit | undefined): RequestInit {
  return init?.body ? ({ duplex: "half", ...init } as RequestInit) : (init ?? {});
}

function head(base: string, request: Request, init: RequestInit | undefined): Asked {
  const url = new URL(request.url || base);
  const headers: string[] = [];
  request.headers.forEach((value, name) => headers.push(name, value));
  if (!request.headers.has("host")) headers.push("host", url.host);
  const direct = init?.body;
  const bytes =
    typeof direct === "string"
      ? new TextEncoder().encode(direct)
      : ArrayBuffer.isView(direct)
        ? new Uint8Array(direct.buffer, direct.byteOffset, direct.byteLength)
        : undefined;
  const body = bytes ?? (request.body as ReadableStream<Uint8Array> | null);
  if (!request.headers.has("content-length")) {
    const length = bytes?.length ?? (body || !/^(POST|PUT|PATCH)$/.test(request.method) ? undefined : 0);
    if (length !== undefined) headers.push("content-length", String(length));
  }
  return {
    method: request.method,
    target: url.pathname + url.search,
    url: url.href,
    isHttps: url.protocol === "https:",
    headers,
    body,
    // A Request follows the signal it was made with only while somebody holds the Request.
    signal: init?.signal ?? request.signal ?? undefined,
    request,
  };
}

async function respond(engine: Engine, asked: Asked, answer: RawAnswer): Promise<Response> {
  const [status, flat, , before = []] = answer;
  const isPlain = before.length === 0 && answer[2].every((step) => typeof step === "object");
  const pace = isPlain ? undefined : new Pace(engine, answer, until(asked));
  for (const step of before) {
    if (step === "reset") throw broken("fetch failed", "ECONNRESET", "the registry reset the connection");
    if (typeof step !== "object") await waited(asked, "fetch failed", pace, step);
  }
  const headers: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) headers.push([flat[i]!, flat[i + 1]!]);
  const isBodiless = asked.method === "HEAD" || [204, 205, 304].includes(status);
  const body = isBodiless ? null : content(asked, answer, pace);
  const response = new Response(body, { status, headers });
  Object.defineProperty(response, "url", { value: asked.url });
  return response;
}

/** A body of copies: what is handed out can be changed, what is kept cannot. */
function content(asked: Asked, answer: RawAnswer, pace: Pace | undefined) {
  const { steps, length, owes } = measured(answer);
  const pieces = steps.filter((step) => typeof step === "object");
  if (!owes && pieces.length === steps.length && length <= SHORT) return join(pieces, length);
  const rest = [...steps];
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (let step = rest.shift(); step !== undefined; step = rest.shift()) {
          asked.signal?.throwIfAborted();
          if (step === "reset") throw await brokenLater("ECONNRESET", "the registry reset the connection");
          if (typeof step !== "object") await waited(asked, "terminated", pace, step);
          else {
            if (step.length > PIECE) rest.unshift(step.subarray(PIECE));
            return controller.enqueue(step.slice(0, PIECE));
          }
        }
        if (owes) throw await brokenLater("UND_ERR_SOCKET", "the connection was closed before the body ended");
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Waits, and fails as `fetch` does: with the reason of the signal, or because the other side is gone. */
async function waited(asked: Asked, what: string, pace: Pace | undefined, step: number | "hang"): Promise<void> {
  asked.signal?.throwIfAborted();
  try {
    await pace?.wait(step);
  } catch (thrown) {
    if (asked.signal?.aborted) throw asked.signal.reason;
    throw new TypeError(what, { cause: thrown });
  }
}

/** A request that is aborted is not waited for. */
function until({ signal }: Asked): Ender {
  return (giveUp) => {
    const aborted = () => giveUp(signal?.reason);
    signal?.addEventListener("abort", aborted);
    return () => signal?.removeEventListener("abort", aborted);
  };
}

/** The failure of a connection, as `fetch` of Node tells it. */
function broken(what: string, code: string, why: string): TypeError {
  return new TypeError(what, { cause: Object.assign(new Error(why), { code }) });
}

/** What breaks a body, when what came before has been read. */
async function brokenLater(code: string, why: string): Promise<TypeError> {
  if (LINGER > 0) await new Promise((resolve) => void setTimeout(resolve, LINGER));
  return broken("terminated", code, why);
}

/** All of it in one piece of its own. */
export function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
