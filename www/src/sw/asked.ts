import type { Header, Via } from "../shared/protocol.js";
import type { Mount } from "./mounts.js";

/** A request as the registry is asked it. */
export interface Asked {
  method: string;
  /** Path and query, without what stands before `/v2/`. */
  target: string;
  headers: Header[];
  body: Uint8Array<ArrayBuffer>;
  mount: Mount;
  via: Via;
  /** The page that asks. */
  client: string;
  isHttps: boolean;
  /** It is no row of the log, meets no fault and needs no password. */
  quiet: boolean;
}

/** Takes a request of `fetch` apart. What the worker is not told of its headers is put in from what it knows. */
export async function fromFetch(request: Request, mount: Mount, target: string, client: string): Promise<Asked> {
  const url = new URL(request.url);
  const body = new Uint8Array(await request.arrayBuffer());
  const headers: Header[] = [["host", url.host], ...request.headers];
  const hasLength = body.length > 0 || /^(POST|PUT|PATCH)$/.test(request.method);
  if (hasLength && !request.headers.has("content-length")) headers.push(["content-length", String(body.length)]);
  return {
    method: request.method,
    target,
    headers,
    body,
    mount,
    via: request.mode === "navigate" ? "nav" : "fetch",
    client,
    isHttps: url.protocol === "https:",
    quiet: false,
  };
}
