import { readFileSync } from "node:fs";

import { reason } from "../errors.js";
import type { AccessRule, Auth, RateLimit, RegistryOptions } from "../types.js";
import { mistake, type Given } from "./flags.js";

/** The options of who may ask, and how often. What is wrong among them stops the start. */
export function access(given: Given): Pick<RegistryOptions, "auth" | "rateLimit" | "headers"> {
  const who = auth(given);
  const rate = given["rate-limit"]?.[0];
  const headers = (given.header ?? []).map(header);
  return {
    ...(who && { auth: who }),
    ...(rate !== undefined && { rateLimit: rateLimit(rate) }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
  };
}

function auth(given: Given): Auth | "none" | undefined {
  const type = given.auth?.[0];
  if (type === "none" || type === undefined) {
    const needless = ["user", "anonymous", "token-ttl", "access"].find((flag) => given[flag]);
    if (needless) throw mistake(`--${needless} does nothing without --auth`, "give --auth basic, or bearer, or any");
    return type;
  }
  const ttl = given["token-ttl"]?.[0];
  if (type === "basic" && ttl !== undefined) {
    throw mistake("--token-ttl does nothing with --auth basic, which has no tokens", "leave one out");
  }
  const file = given.access?.[0];
  return {
    type: type as Auth["type"],
    users: users(given.user ?? []),
    ...(given.anonymous && { anonymous: given.anonymous[0] as NonNullable<Auth["anonymous"]> }),
    ...(ttl !== undefined && { expiresIn: Math.ceil(duration("--token-ttl", ttl) / 1000) }),
    ...(file !== undefined && { access: rules(file) }),
  };
}

function users(given: readonly string[]): Auth["users"] {
  if (given.includes("*:*")) {
    if (given.length === 1) return "any";
    throw mistake("--user '*:*' lets in whoever gives a name", "leave it out, or the others");
  }
  const users: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const user of given) {
    const at = user.indexOf(":");
    // Not shown: there may be a password in it.
    if (at < 0) throw mistake("--user is not NAME:PASSWORD", "write it like --user alice:secret");
    const name = user.slice(0, at);
    if (name in users) throw mistake(`the user ${JSON.stringify(name)} is there twice`, "name each once");
    users[name] = user.slice(at + 1);
  }
  return { ...users };
}

function rules(path: string): readonly AccessRule[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    throw mistake(`${path} cannot be read: ${reason(thrown)}`, "give --access a file that can");
  }
  try {
    return JSON.parse(text) as readonly AccessRule[];
  } catch (thrown) {
    throw mistake(`${path} is not JSON: ${reason(thrown)}`, "look at that place");
  }
}

function rateLimit(text: string): RateLimit | "none" {
  if (text === "none") return text;
  const [rate = "", ...parts] = text.split(",");
  const found = /^(\d+)\/(.+)$/.exec(rate);
  if (!found) throw mistake(`--rate-limit is ${JSON.stringify(text)}`, "write it like --rate-limit 100/6h");
  const limit = Number(found[1]);
  const windowMs = duration("--rate-limit", found[2]!);
  const more = parts.map((part) => {
    const [name = "", value = ""] = part.split("=");
    return [name === "retry-after" ? "retryAfter" : name, value];
  });
  return { limit, windowMs, ...(Object.fromEntries(more) as object) };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of text like `1h30m`. */
function duration(flag: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw mistake(`${flag} has ${JSON.stringify(text)}, which is no duration`, "write it like 90s or 1h30m");
  }
  return Math.round(parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!, 0));
}

function header(text: string): [string, string] {
  const at = text.indexOf(":");
  if (at < 0) {
    throw mistake(`${JSON.stringify(text)} is no header`, "write it like --header 'X-Robots-Tag: none'");
  }
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
