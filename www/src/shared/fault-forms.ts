// Faults as a form offers them, as rules, and rules in words.

import type { FaultRule } from "./protocol.js";

type Verbs = FaultRule["do"];

interface FaultKind {
  kind: string;
  label: string;
  do: Verbs;
}

const status = (status: number, code: string, message: string, headers?: Record<string, string>): Verbs => [
  { verb: "status", status, code, message, ...(headers && { headers }) },
];

export const FAULTS = [
  { kind: "slow", label: "Latency: answers 2 s late", do: [{ verb: "delay", time: "2s" }] },
  {
    kind: "limited",
    label: "429 with Retry-After",
    do: status(429, "TOOMANYREQUESTS", "too many requests", { "Retry-After": "1" }),
  },
  { kind: "broken", label: "500 Internal Server Error", do: status(500, "UNKNOWN", "something broke") },
  { kind: "unavailable", label: "503 Service Unavailable", do: status(503, "UNAVAILABLE", "come back later") },
  { kind: "corrupt", label: "Wrong digest: one byte is another", do: [{ verb: "corrupt", at: 0 }] },
  { kind: "truncated", label: "Truncated body: ends after 10 bytes", do: [{ verb: "truncate", at: 10 }] },
  { kind: "dropped", label: "Dropped connection", do: [{ verb: "reset" }] },
  { kind: "hang", label: "No answer at all", do: [{ verb: "hang" }] },
  { kind: "redirect", label: "Redirect: content is elsewhere, 307", do: [{ verb: "redirect" }] },
] as const satisfies readonly FaultKind[];

export interface FaultForm {
  kind: (typeof FAULTS)[number]["kind"];
  method: string;
  operation: string;
  repository: string;
  /** How many times; empty: always. */
  first: string;
}

export function faultRule({ kind, method, operation, repository, first }: FaultForm): FaultRule {
  const match = {
    ...(method && { method }),
    ...(operation && { operation }),
    ...(repository.trim() && { repository: repository.trim() }),
  };
  return {
    ...(Object.keys(match).length > 0 && { match }),
    ...(first && { when: { first: Number(first) } }),
    do: FAULTS.find((one) => one.kind === kind)!.do,
  };
}

/** JSON with its members in order: a rule comes back from the registry in another. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** A rule in words. */
export function faultWords({ match = {}, when = {}, do: verbs }: FaultRule): string {
  const known = FAULTS.find((one) => sorted(one.do) === sorted(verbs));
  const what = known?.label ?? verbs.map(({ verb }) => verb).join(", ");
  const of = Object.entries(match).map(([name, value]) => `${name} ${String(value)}`);
  const often = Object.entries(when).map(([name, value]) => `${name} ${String(value)}`);
  return [what, of.length > 0 && `for ${of.join(", ")}`, often.length > 0 && often.join(", ")]
    .filter(Boolean)
    .join(" · ");
}
