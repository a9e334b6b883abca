import type { LogEntry, Message } from "../shared/protocol.js";

/** A call as a server tells it. */
export interface CallJson {
  seq: number;
  at: string;
  operation: string;
  method: string;
  path: string;
  repository?: string;
  reference?: string;
  client?: string;
  headers: [string, string][];
  bodyBytes: number;
  body?: string;
  status: number;
  error?: string;
  answerHeaders: [string, string][];
  answerBytes: number;
  answerBody?: string;
  ended?: "cut" | "reset" | "hang";
  faults: number[];
  ms: number;
}

/** The row of the log that it is. `server` tells one start of a server from another. */
export function toEntry(call: CallJson, server: string): LogEntry {
  const { operation, repository, reference, error, ended, faults } = call;
  return {
    id: `${server}-${call.seq}`,
    at: Date.parse(call.at),
    via: "socket",
    client: call.client ?? "",
    operation,
    ...(repository !== undefined && { repository }),
    ...(reference !== undefined && { reference }),
    request: { method: call.method, target: call.path, ...message(call.headers, call.bodyBytes, call.body) },
    answer: {
      status: call.status,
      ...message(call.answerHeaders, call.answerBytes, call.answerBody),
      ...(ended && { ended }),
      ...(error !== undefined && { error }),
    },
    timing: { core: call.ms, total: call.ms },
    faults,
  };
}

const message = (headers: [string, string][], bytes: number, body: string | undefined): Message => ({
  headers,
  bytes,
  ...(body !== undefined && { body: Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)) }),
});
