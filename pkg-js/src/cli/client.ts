import { reason } from "../errors.js";
import { mistake } from "./flags.js";
import { login, type Kept } from "./login.js";

/** Where a registry is, and the name by which a login is kept for it. */
export interface Site {
  readonly origin: string;
  readonly host: string;
}

/** Asks a registry, and logs in by Docker's config file where that is asked for. */
export class Client {
  /** What was granted, by scope. */
  readonly #granted = new Map<string, string>();
  #kept: { readonly found: Kept | undefined } | undefined;

  constructor(private readonly site: Site) {}

  /** Gets what is at a path, or at a URL that the registry gave. */
  async get(target: string, scope: string, headers: Record<string, string> = {}): Promise<Response> {
    const url = target.startsWith("/") ? this.site.origin + target : target;
    const isOwn = url.startsWith(`${this.site.origin}/`);
    const shown = isOwn ? this.#granted.get(scope) : undefined;
    let answer = await send(url, { headers: { ...headers, ...(shown && { Authorization: shown }) } });
    if (answer.status === 401 && isOwn) {
      const granted = await this.#logIn(answer.headers.get("WWW-Authenticate") ?? "", scope);
      if (granted !== undefined && granted !== shown) {
        this.#granted.set(scope, granted);
        answer = await send(url, { headers: { ...headers, Authorization: granted } });
      }
    }
    if (answer.ok) return answer;
    const said = (await answer.text()).trim().slice(0, 300);
    const hint = answer.status === 401 ? "docker login, or DOCKER_CONFIG, gives a password" : "see its answer";
    throw mistake(`${url}: ${answer.status} ${answer.statusText}${said && `: ${said}`}`, hint);
  }

  /** What the registry wants to see: the password, or a token for it; nothing where neither is known. */
  async #logIn(challenge: string, scope: string): Promise<string | undefined> {
    const [, scheme, rest = ""] = /^\s*(basic|bearer)\b(.*)$/is.exec(challenge) ?? [];
    if (scheme === undefined) return undefined;
    const kept = (this.#kept ??= { found: login(this.site.host) }).found;
    if (scheme.toLowerCase() === "bearer") return token(parameters(rest), scope, kept);
    if (!kept || "basic" in kept) return kept && `Basic ${kept.basic}`;
    throw mistake(`${this.site.host} asks for a password, and an identity token is kept for it`, "log in with one");
  }
}

/** `name="value", name=value`, where a comma in quotes is none; the first of each name. */
function parameters(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name, quoted, plain] of text.matchAll(/([^\s=,"]+)\s*=\s*(?:"([^"]*)"|([^\s,]*))/g)) {
    const key = name!.toLowerCase();
    if (!found.has(key)) found.set(key, quoted ?? plain ?? "");
  }
  return found;
}

/** Fetches a token: by an identity token as OAuth 2 has it, else by the password, else as anybody. */
async function token(
  asked: ReadonlyMap<string, string>,
  scope: string,
  kept: Kept | undefined,
): Promise<string | undefined> {
  const realm = asked.get("realm");
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  const wanted = { service: asked.get("service") ?? "", scope: asked.get("scope") ?? scope };
  const form = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ""));
  let answer: Response;
  if (kept && "identityToken" in kept) {
    form.set("grant_type", "refresh_token");
    form.set("refresh_token", kept.identityToken);
    form.set("client_id", "registrette");
    answer = await send(realm, { method: "POST", body: form, redirect: "error" });
  } else {
    const headers = kept ? { Authorization: `Basic ${kept.basic}` } : {};
    const url = new URL(realm);
    for (const [name, value] of form) url.searchParams.append(name, value);
    answer = await send(url.href, { headers, redirect: "error" });
  }
  const text = await answer.text();
  if (!answer.ok) {
    const said = text.trim().slice(0, 200);
    throw mistake(`${realm} gives no token: ${answer.status} ${answer.statusText}`, said || "see its log");
  }
  const given = tokenIn(text);
  if (given === undefined) throw mistake(`${realm} answers no token`, "is it where tokens are given?");
  return `Bearer ${given}`;
}

function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token: other } = JSON.parse(text) as Record<string, unknown>;
    const found = token ?? other;
    return typeof found === "string" && found !== "" ? found : undefined;
  } catch {
    return undefined;
  }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    const { cause } = thrown as { cause?: unknown };
    throw mistake(`${url}: ${reason(cause ?? thrown)}`, "does the registry run, and is that its address?");
  }
}
