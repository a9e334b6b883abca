import {
  type Ended,
  type Event,
  LOGGED_BYTES,
  LOGGED_ENTRIES,
  type LogEntry,
  type Message,
  type Timing,
  channelName,
} from "../shared/protocol.js";
import type { Answered, Listener } from "./answer.js";
import type { Asked } from "./asked.js";
import { joined } from "./answer.js";

/** What the core says of the last call. */
export interface Call {
  operation: string;
  repository?: string;
  reference?: string;
  error?: string;
  faults: number[];
}

/** The log, and the channel by which pages hear of it. */
export class Log {
  readonly #entries: LogEntry[] = [];
  readonly #channel: BroadcastChannel | undefined;
  #last = 0;

  constructor(
    private readonly instance: string,
    scope: string,
    /** Hears what other workers of the scope tell. */
    heard: (event: Event) => void,
    /** Where this worker's own page hears it, if it has one. */
    private readonly tell: (event: Event) => void = () => {},
  ) {
    if (!("BroadcastChannel" in self)) return;
    this.#channel = new BroadcastChannel(channelName(scope));
    this.#channel.onmessage = ({ data }) => heard(data as Event);
  }

  get entries(): LogEntry[] {
    return this.#entries;
  }

  emit(event: Event): void {
    this.#channel?.postMessage(event);
    this.tell(event);
  }

  /** The number of the next entry. */
  next(): string {
    this.#last += 1;
    return `${this.instance}-${this.#last}`;
  }

  /** Follows an answer to its end and writes the entry then. */
  follow(id: string, asked: Asked, call: Call, answer: Answered, timing: () => Timing): Listener {
    const pieces: Uint8Array[] = [];
    let [bytes, kept, isOver] = [0, 0, false];
    return {
      sent: (piece) => {
        bytes += piece.length;
        if (kept < LOGGED_BYTES) pieces.push(piece.slice(0, LOGGED_BYTES - kept));
        kept = Math.min(kept + piece.length, LOGGED_BYTES);
      },
      over: (ended?: Ended) => {
        if (isOver) return;
        isOver = true;
        const { operation, repository, reference, error, faults } = call;
        const took = timing();
        this.#write({
          id,
          at: Math.round(Date.now() - took.total),
          via: asked.via,
          client: asked.client,
          operation,
          ...(repository !== undefined && { repository }),
          ...(reference !== undefined && { reference }),
          request: {
            method: asked.method,
            target: asked.mount + asked.target,
            ...message(asked.headers, asked.body.length, asked.body.slice(0, LOGGED_BYTES)),
          },
          answer: {
            status: ended && bytes === 0 && answer.raw[3] ? 0 : answer.status,
            ...message(answer.headers, bytes, joined(pieces)),
            ...(ended && { ended }),
            ...(error !== undefined && { error }),
          },
          timing: took,
          faults,
        });
      },
    };
  }

  #write(entry: LogEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > LOGGED_ENTRIES) this.#entries.shift();
    this.emit({ kind: "call", entry });
  }
}

const message = (headers: Message["headers"], bytes: number, body: Uint8Array): Message => ({
  headers,
  bytes,
  ...(body.length > 0 && { body }),
});
