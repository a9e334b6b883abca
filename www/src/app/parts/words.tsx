// Methods and statuses: always words, which colour only helps.

import { statusClass, statusLine } from "../../shared/http.js";

export function Method({ method }: { method: string }) {
  return <span class={`method method-${method.toLowerCase()}`}>{method}</span>;
}

export function Status({ status, isLong = false }: { status: number; isLong?: boolean }) {
  const text = isLong ? statusLine(status) : status === 0 ? "none" : String(status);
  return <span class={`status ${statusClass(status)}`}>{text}</span>;
}
