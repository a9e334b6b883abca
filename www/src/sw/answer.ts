import { measured } from "../../../pkg-js/src/core/pace.js";
import type { RawAnswer } from "../../../pkg-js/src/generated/glue.js";
import { type Ended, HANG_LIMIT, type Header } from "../shared/protocol.js";

/** An answer of the core with its headers in pairs. */
export interface Answered {
  status: number;
  headers: Header[];
  raw: RawAnswer;
  isHead: boolean;
}

export function answered(raw: RawAnswer, isHead: boolean): Answered {
  const [status, flat] = raw;
  const headers: Header[] = [];
  for (let i = 0; i < flat.length; i += 2) headers.push([flat[i]!, flat[i + 1]!]);
  return { status, headers, raw, isHead };
}

/** The longest piece that is handed out at a time. */
const PIECE = 1 << 20;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const never = (): Promise<never> => new Promise(() => {});

/** What of an answer is sent, as it is sent: its end is told. */
export async function* sent({ raw, isHead, status }: Answered): AsyncGenerator<Uint8Array, Ended | undefined> {
  if (isHead || [204, 205, 304].includes(status)) return undefined;
  const { steps, owes } = measured(raw);
  for (const step of steps) {
    if (step === "reset" || step === "hang") return step;
    if (typeof step === "number") await wait(step);
    else for (let at = 0; at < step.length; at += PIECE) yield step.slice(at, at + PIECE);
  }
  return owes ? "cut" : undefined;
}

/** What happens before the head; how it ended, where nothing comes after. */
export async function before({ raw: [, , , steps = []] }: Answered): Promise<Ended | undefined> {
  for (const step of steps) {
    if (step === "reset" || step === "hang") return step;
    if (typeof step === "number") await wait(step);
  }
  return undefined;
}

/** Hears of an answer's body as it goes. */
export interface Listener {
  sent(piece: Uint8Array): void;
  over(ended?: Ended): void;
}

/** The answer as a page gets it. It is over, for the listener, when its last byte is handed out. */
export async function toResponse(answer: Answered, listener: Listener): Promise<Response> {
  const early = await before(answer);
  if (early) {
    listener.over(early);
    return early === "hang" ? never() : Response.error();
  }
  const { status, headers } = answer;
  const isBodiless = answer.isHead || [204, 205, 304].includes(status);
  const length = answer.raw[2].reduce<number>((sum, step) => sum + (typeof step === "object" ? step.length : 0), 0);
  const isPlain = answer.raw[2].every((step) => typeof step === "object") && !measured(answer.raw).owes;
  const pieces = sent(answer);
  if (isBodiless || (isPlain && length <= PIECE)) {
    const body: Uint8Array[] = [];
    for await (const piece of pieces) {
      listener.sent(piece);
      body.push(piece);
    }
    listener.over();
    return new Response(isBodiless ? null : joined(body), { status, headers });
  }
  return new Response(streamed(pieces, listener), { status, headers });
}

function streamed(pieces: AsyncGenerator<Uint8Array, Ended | undefined>, listener: Listener): ReadableStream {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (!done) {
          listener.sent(value);
          return controller.enqueue(value);
        }
        listener.over(value);
        if (value === "hang") return never();
        if (value) controller.error(new TypeError("the registry broke the answer off"));
        else controller.close();
      },
      cancel() {
        listener.over("cut");
      },
    },
    { highWaterMark: 0 },
  );
}

/** All of an answer, past `fetch`: what breaks off is told and not thrown. */
export async function collected(
  answer: Answered,
  listener: Listener,
): Promise<{ status: number; body: Uint8Array; ended?: Ended }> {
  const early = await before(answer);
  const body: Uint8Array[] = [];
  let ended = early;
  if (!early) {
    const pieces = sent(answer);
    for (let next = await pieces.next(); ; next = await pieces.next()) {
      if (next.done) {
        ended = next.value;
        break;
      }
      listener.sent(next.value);
      body.push(next.value);
    }
  }
  listener.over(ended);
  if (ended === "hang") await wait(HANG_LIMIT);
  return { status: early ? 0 : answer.status, body: joined(body), ...(ended && { ended }) };
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
