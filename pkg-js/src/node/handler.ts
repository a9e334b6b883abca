import type { IncomingMessage, ServerResponse } from "node:http";

import type { Engine } from "../core/engine.js";
import { HAS_BODY, HTTP_1_0, HTTPS } from "../core/flags.js";
import { Gather } from "../core/gather.js";
import { RegistryError, reason } from "../errors.js";
import type { RawAnswer } from "../generated/glue.js";
import { send } from "./answer.js";
import { isControl, type Control } from "./control.js";
import { closing, leave, skip } from "./early.js";
import { isUi, uiAnswer, type Ui } from "./ui.js";

/** What a server adds to its registry. */
export interface Setting {
  readonly engine: Engine;
  /** The number of the rules that say who may ask. */
  readonly guard: number;
  readonly isHttps: boolean;
  /** What stands at `/`, as HTML for who asked that host. */
  readonly page: ((host: string) => string) | undefined;
  /** The files of the playground, under `/ui/`. */
  readonly ui: Ui | undefined;
  /** Who is told of each request, when its answer is sent. */
  readonly log: ((line: string) => void) | undefined;
  /** What is under `/_control/`. */
  readonly control: Control | undefined;
  /** Who is told, once, that there is nothing under it. */
  hint: ((line: string) => void) | undefined;
}

/** Answers one request of `node:http`. `expects`: the client waits to be told to send its body. */
export function handle(setting: Setting, req: IncomingMessage, res: ServerResponse, expects: boolean): void {
  if (closing.has(req.socket)) {
    // What follows a request that closes its connection is no request.
    req.resume();
    return;
  }
  if (setting.log) tell(setting.log, req, res);
  // A client that is gone is no failure of anybody's.
  req.on("error", () => {});
  res.on("error", () => {});
  const { engine } = setting;
  const encoding = req.headers["transfer-encoding"];
  const length = req.headers["content-length"];
  const hasBody = encoding !== undefined || (length !== undefined && length !== "0");
  const oddity = odd(req, encoding);
  if (oddity) {
    early(setting, req, res, engine.unreadable(oddity), true);
    return;
  }
  // Of a length beside chunks only the chunks count, and somebody before us may have counted otherwise.
  if (encoding !== undefined && length !== undefined) {
    res.shouldKeepAlive = false;
    closing.add(req.socket);
  }
  const line = `${req.method} ${req.url}`;
  if (setting.ui && isUi(req.url!)) {
    try {
      const answer = uiAnswer(setting, setting.ui, req);
      if (hasBody) early(setting, req, res, answer, expects);
      else send(engine, res, answer);
    } catch (thrown) {
      fail(setting, req, res, thrown);
    }
    return;
  }
  if (isControl(req.url!)) {
    if (setting.control) {
      if (expects) res.writeContinue();
      setting.control.handle(setting, req, res).catch((thrown: unknown) => fail(setting, req, res, thrown));
      return;
    }
    setting.hint?.("somebody asked for /_control/: the control API is off; start the registry with --control");
    setting.hint = undefined;
  }
  try {
    const flags = (hasBody ? HAS_BODY : 0) | (setting.isHttps ? HTTPS : 0) | (req.httpVersion === "1.0" ? HTTP_1_0 : 0);
    const begun = engine.begin(req.method!, req.url!, req.rawHeaders, flags, setting.guard);
    if (typeof begun === "number") {
      if (hasBody) receive(setting, req, res, begun, line, expects);
      else void settle(setting, res, engine.finish(begun, line));
    } else if (hasBody) {
      early(setting, req, res, begun, expects);
    } else {
      send(engine, res, setting.page && req.url === "/" ? paged(begun, setting.page(req.headers.host ?? "")) : begun);
    }
  } catch (thrown) {
    fail(setting, req, res, thrown);
  }
}

/** Takes a body in. */
function receive(
  setting: Setting,
  req: IncomingMessage,
  res: ServerResponse,
  exchange: number,
  line: string,
  expects: boolean,
): void {
  const { engine } = setting;
  let isOver = false;
  let isAnswered = false;
  const gather = new Gather((chunk) => {
    isAnswered = engine.body(exchange, chunk) || isAnswered;
  });
  const over = (act: () => void) => {
    if (isOver) return;
    isOver = true;
    try {
      act();
    } catch (thrown) {
      fail(setting, req, res, thrown);
    }
  };
  req.on("data", (chunk: Buffer) => {
    if (isOver) return;
    try {
      gather.copy(chunk);
    } catch (thrown) {
      over(() => fail(setting, req, res, thrown));
    }
    if (!isAnswered) return;
    over(() => {
      engine.finish(exchange, line).then(
        (answer) => early(setting, req, res, answer, false),
        (thrown: unknown) => fail(setting, req, res, thrown),
      );
    });
  });
  req.on("end", () => {
    over(() => {
      gather.end();
      void settle(setting, res, engine.finish(exchange, line));
    });
  });
  req.on("close", () => over(() => engine.forget(exchange)));
  if (expects) res.writeContinue();
}

async function settle({ engine }: Setting, res: ServerResponse, finished: Promise<RawAnswer>): Promise<void> {
  try {
    send(engine, res, await finished);
  } catch (thrown) {
    send(engine, res, failure(thrown), () => true);
  }
}

/** Answers a request whose body is still coming, or not sent yet. */
function early(setting: Setting, req: IncomingMessage, res: ServerResponse, answer: RawAnswer, expects: boolean): void {
  send(setting.engine, res, answer, async () => {
    if (!expects && (await skip(req))) return false;
    leave(req, req.socket);
    return true;
  });
}

function fail(setting: Setting, req: IncomingMessage, res: ServerResponse, thrown: unknown): void {
  if (res.headersSent) res.destroy();
  else early(setting, req, res, failure(thrown), true);
}

/** The answer of a registry that is none any more. */
function failure(thrown: unknown): RawAnswer {
  const code = thrown instanceof RegistryError ? thrown.code : "ERR_CRASHED";
  const error = { code: "UNKNOWN", message: reason(thrown), detail: { code } };
  const body = new TextEncoder().encode(JSON.stringify({ errors: [error] }));
  const headers = ["content-type", "application/json", "content-length", String(body.length)];
  return [500, [...headers, "x-content-type-options", "nosniff"], [body]];
}

/** What Node's parser lets through and could be read in two ways. */
function odd(req: IncomingMessage, encoding: string | undefined): string | undefined {
  if (encoding === undefined) return undefined;
  if (req.httpVersion === "1.0") return "Transfer-Encoding in HTTP/1.0";
  return encoding.trim().toLowerCase() === "chunked" ? undefined : "a Transfer-Encoding other than chunked";
}

function paged(answer: RawAnswer, page: string): RawAnswer {
  const [status, headers, steps] = answer;
  if (status !== 200) return answer;
  const body = new TextEncoder().encode(page);
  const kept = headers.flatMap((text, at) => {
    const name = headers[at - (at % 2)]!;
    return ["content-type", "content-length", "content-security-policy"].includes(name) ? [] : [text];
  });
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const more = ["content-type", "text/html; charset=utf-8", "content-length", String(body.length)];
  return [status, [...kept, ...more, "content-security-policy", policy], [...steps, body]];
}

/** One line for each request: time, method, target, status, bytes, milliseconds. */
function tell(log: (line: string) => void, req: IncomingMessage, res: ServerResponse): void {
  const at = new Date();
  const before = req.socket.bytesWritten;
  res.once("close", () => {
    const target = JSON.stringify(req.url).slice(1, -1).slice(0, 1024);
    const bytes = Number(res.getHeader("content-length") ?? Math.max(0, req.socket.bytesWritten - before));
    const status = res.headersSent ? res.statusCode : "-";
    log(`${at.toISOString()} ${req.method} ${target} ${status} ${bytes}B ${Date.now() - at.getTime()}ms`);
  });
}
