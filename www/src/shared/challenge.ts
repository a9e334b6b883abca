// `WWW-Authenticate`, and how it is followed.

import { toBase64, utf8 } from "./format.js";
import { type Header, type HttpRequest, header } from "./http.js";

export interface Challenge {
  scheme: "basic" | "bearer";
  realm: string;
  service?: string;
  scope?: string;
}

/** The first challenge of an answer that can be followed. */
export function challengeOf(headers: readonly Header[]): Challenge | undefined {
  const value = header(headers, "www-authenticate");
  const [, scheme, rest = ""] = /^\s*(basic|bearer)\s+(.*)$/is.exec(value ?? "") ?? [];
  if (!scheme) return undefined;
  const found: Record<string, string> = {};
  for (const [, name, quoted, plain] of rest.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]+))/g)) {
    found[name!.toLowerCase()] ??= quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "";
  }
  const { realm = "", service, scope } = found;
  const kind = scheme.toLowerCase() as Challenge["scheme"];
  return { scheme: kind, realm, ...(service !== undefined && { service }), ...(scope !== undefined && { scope }) };
}

export const basic = (user: string, password: string): string => `Basic ${toBase64(utf8(`${user}:${password}`))}`;

/** The request for a token. Its target is a path: the realm is on this registry, or it is not asked. */
export function tokenRequest(challenge: Challenge, origin: string, credentials?: string): HttpRequest | undefined {
  let url: URL;
  try {
    url = new URL(challenge.realm, origin);
  } catch {
    return undefined;
  }
  if (url.origin !== origin) return undefined;
  if (challenge.service) url.searchParams.set("service", challenge.service);
  if (challenge.scope) url.searchParams.set("scope", challenge.scope);
  const headers: Header[] = credentials ? [["Authorization", credentials]] : [];
  return { method: "GET", target: url.pathname + url.search, headers, body: new Uint8Array() };
}

/** The token of an answer. */
export function tokenOf(body: Uint8Array): string | undefined {
  try {
    const { token, access_token: access } = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    const found = token ?? access;
    return typeof found === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The request once more, with these credentials. */
export function authorised(request: HttpRequest, credentials: string): HttpRequest {
  const others = request.headers.filter(([name]) => name.toLowerCase() !== "authorization");
  return { ...request, headers: [...others, ["Authorization", credentials]] };
}
