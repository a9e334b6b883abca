// Numbers and bytes as people read them.

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** `1.2 KB`; units of 1000, as registries and their clients count. */
export function size(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  if (unit === 0) return `${bytes} B`;
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Milliseconds with the digits that matter. */
export function duration(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/** The time of day. */
export function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** `1 tag`, `2 tags`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const DIGEST = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export const isDigest = (text: string): boolean => DIGEST.test(text);

/** Algorithm, and the first hex digits. */
export function shortDigest(digest: string): [algorithm: string, hex: string] {
  const at = digest.indexOf(":");
  return [digest.slice(0, at + 1), digest.slice(at + 1, at + 13)];
}

/** The hues of a digest's mark: three, of its first three bytes. */
export function hues(digest: string): number[] {
  const hex = digest.slice(digest.indexOf(":") + 1);
  return [0, 2, 4].map((at) => Math.round((parseInt(hex.slice(at, at + 2), 16) / 256) * 360) || 0);
}

const hex2 = (byte: number) => byte.toString(16).padStart(2, "0");

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, hex2).join("");

/** Bytes as sixteen to a line: offset, hex, what is printable. */
export function hexDump(bytes: Uint8Array, limit = 4096): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, limit); at += 16) {
    const row = bytes.subarray(at, Math.min(at + 16, limit));
    const hex = Array.from({ length: 16 }, (_, i) => (i < row.length ? hex2(row[i]!) : "  "));
    const text = Array.from(row, (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex.slice(0, 8).join(" ")}  ${hex.slice(8).join(" ")}  ${text}`);
  }
  return lines.join("\n");
}

/** Hex digits, with blanks between as one likes, as bytes; what is wrong with them is said. */
export function fromHex(text: string): Uint8Array | string {
  const digits = text.replaceAll(/\s+/g, "");
  const bad = /[^0-9a-fA-F]/.exec(digits);
  if (bad) return `"${bad[0]}" is not a hex digit`;
  if (digits.length % 2) return "there is an odd number of hex digits; a byte is two";
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** Bytes as text, if they are UTF-8 without control letters. */
export function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
