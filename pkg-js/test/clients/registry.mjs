// The registry that the clients talk to: the package's own server, or the one at REGISTRETTE_URL.

import { existsSync } from "node:fs";

const built = new URL("../../dist/node.js", import.meta.url);

/** Why no registry can be started here, or nothing where one can. */
export const unavailable =
  process.env.REGISTRETTE_URL || existsSync(built)
    ? undefined
    : "the package is not built: npm run build --prefix pkg-js";

/**
 * Starts a registry for one test file.
 *
 * @param {object} [options] what `startRegistry` takes; a server at REGISTRETTE_URL takes nothing
 * @returns {Promise<{ url: string, host: string, port: number, fetch: (request: Request) => Promise<Response>, close: () => Promise<void> }>}
 */
export async function start(options = {}) {
  const url = process.env.REGISTRETTE_URL;
  if (!url) return (await import(built)).startRegistry(options);
  const { host, port } = new URL(url);
  return {
    url: new URL(url).origin,
    host,
    port: Number(port),
    fetch: (request) => forward(request, url),
    close: async () => {},
  };
}

/** Whether a registry can be started with options of the test's own choice. */
export const takesOptions = !process.env.REGISTRETTE_URL;

/** Sends a request that was meant for another origin to the server at `url`. */
async function forward(request, url) {
  const { pathname, search } = new URL(request.url);
  const body = request.body && new Uint8Array(await request.arrayBuffer());
  const headers = new Headers(request.headers);
  headers.delete("host");
  return fetch(new URL(pathname + search, url), { method: request.method, headers, body, redirect: "manual" });
}
