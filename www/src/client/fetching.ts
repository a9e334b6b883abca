import type { FetchAnswer, FetchRequest } from "../shared/connection.js";

/** Sends a request by the page's own `fetch`. */
export async function fetching({ method, target, headers, body, signal }: FetchRequest): Promise<FetchAnswer> {
  const start = performance.now();
  const response = await fetch(target, {
    method,
    headers,
    cache: "no-store",
    ...(body !== undefined && { body }),
    ...(signal && { signal }),
  });
  return {
    status: response.status,
    headers: [...response.headers],
    body: new Uint8Array(await response.arrayBuffer()),
    total: performance.now() - start,
    url: response.url,
  };
}
