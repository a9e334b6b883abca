// A curl line as a request. What a line has that a request does not is left out; what cannot be read is said.

import { toBase64, utf8 } from "./format.js";
import type { Header, HttpRequest } from "./http.js";

/** Flags with a value that say nothing about the request. */
const IGNORED =
  /^(-o|--output|-D|--dump-header|-w|--write-out|-m|--max-time|--connect-timeout|--retry|--cacert|-b|--cookie)$/;

/** Reads a line, or says why not. */
export function parseCurl(line: string): HttpRequest | string {
  const pipe = /^\s*printf\s+'([^']*)'\s*\|\s*(?=curl)/.exec(line);
  const split = words(line.slice(pipe?.[0].length ?? 0).replace(/^\s*\$\s+/, ""));
  if (typeof split === "string") return split;
  const [program, ...rest] = split;
  if (program !== "curl") return "This is no curl line.";
  let method: string | undefined;
  let url: string | undefined;
  let isHead = false;
  let isQuery = false;
  const headers: Header[] = [];
  const data: string[] = [];
  let bytes: Uint8Array | undefined;
  const set = (name: string, value: string) => {
    if (!headers.some(([known]) => known.toLowerCase() === name.toLowerCase())) headers.push([name, value]);
  };
  const withoutType: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const [flag, glued] = parts(rest[i]!);
    const value = () => glued ?? rest[++i] ?? "";
    if (flag === "-X" || flag === "--request") method = value();
    else if (flag === "-I" || flag === "--head") isHead = true;
    else if (flag === "-G" || flag === "--get") isQuery = true;
    else if (flag === "-u" || flag === "--user") set("Authorization", `Basic ${toBase64(utf8(value()))}`);
    else if (flag === "-A" || flag === "--user-agent") set("User-Agent", value());
    else if (flag === "--oauth2-bearer") set("Authorization", `Bearer ${value()}`);
    else if (flag === "--url") url = value();
    else if (flag === "-H" || flag === "--header") {
      const [, name = "", sign, text = ""] = /^([^:;]+)([:;])\s*(.*)$/s.exec(value()) ?? [];
      if (sign === ";" || text !== "") headers.push([name.trim(), text]);
      else withoutType.push(name.trim().toLowerCase());
    } else if (/^(-d|--data(-ascii|-binary|-raw|-urlencode)?)$/.test(flag)) {
      const text = value();
      const mayBeFile = flag !== "--data-raw";
      if (mayBeFile && text === "@-" && pipe) bytes = octal(pipe[1]!);
      else if (mayBeFile && text.startsWith("@")) return `The body is in ${text.slice(1)}: choose it under Body, File.`;
      else data.push(text);
    } else if (IGNORED.test(flag)) value();
    else if (!flag.startsWith("-") || flag === "-") url ??= flag;
  }
  if (url === undefined) return "The line names no URL.";
  const body = bytes ?? utf8(isQuery ? "" : data.join("&"));
  const hasBody = bytes !== undefined || (data.length > 0 && !isQuery);
  if (hasBody && !withoutType.includes("content-type")) set("Content-Type", "application/x-www-form-urlencoded");
  const base = target(url);
  const query = isQuery && data.length > 0 ? (base.includes("?") ? "&" : "?") + data.join("&") : "";
  return { method: method ?? (isHead ? "HEAD" : hasBody ? "POST" : "GET"), target: base + query, headers, body };
}

/** Path and query, as they stand in the line. */
function target(url: string): string {
  const path = url
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/^[^/?]*/, "")
    .replace(/#.*$/s, "");
  const whole = /^\//.test(url) ? url : path;
  return whole.startsWith("/") ? whole : `/${whole}`;
}

/** A flag and what is glued to it: `-XPUT`, `--request=PUT`, `-sSi`. */
function parts(word: string): [flag: string, glued?: string] {
  const [, long, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  if (long !== undefined) return [long, value!];
  const [, flag, rest] = /^-[sSikvLgfN#]*([XHduAoDwmIG])(.*)$/s.exec(word) ?? [];
  if (flag === undefined) return [word];
  return rest === "" || /[IG]/.test(flag) ? [`-${flag}`] : [`-${flag}`, rest!];
}

/** The words of a shell line. */
function words(line: string): string[] | string {
  const found: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const letter = line[at]!;
    const take = (end: number, text: string) => {
      word = (word ?? "") + text;
      at = end;
    };
    if (letter === "'") {
      const end = line.indexOf("'", at + 1);
      if (end < 0) return "A quote is not closed.";
      take(end + 1, line.slice(at + 1, end));
    } else if (letter === '"') {
      const [whole, inner] = /^"((?:[^"\\]|\\.)*)"/s.exec(line.slice(at)) ?? [];
      if (whole === undefined) return "A quote is not closed.";
      take(
        at + whole.length,
        inner!.replaceAll(/\\([$`"\\]|\n)/g, (_, one: string) => (one === "\n" ? "" : one)),
      );
    } else if (line.startsWith("\\\n", at)) at += 2;
    else if (letter === "\\") take(at + 2, line[at + 1] ?? "");
    else if (/\s/.test(letter)) {
      if (word !== undefined) found.push(word);
      word = undefined;
      at++;
    } else if (/[|;&<>]/.test(letter)) break;
    else take(at + 1, letter);
  }
  if (word !== undefined) found.push(word);
  return found;
}

/** What `printf` makes of its text. */
function octal(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const [, digits, other] of text.matchAll(/\\([0-7]{1,3})|([\s\S])/g)) {
    if (digits !== undefined) bytes.push(parseInt(digits, 8));
    else bytes.push(...utf8(other!));
  }
  return Uint8Array.from(bytes);
}
