/**
 * A registry in a service worker.
 *
 * @module
 */

import type { Registry } from "./types.js";

/** Which requests the registry answers. */
export interface WorkerOptions {
  /** Requests to these origins; besides, those to the worker's own below `path`. */
  origins?: readonly string[];
  /** Default `/v2/`. */
  path?: string;
}

/** As much of a service worker as is used. */
interface Worker {
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  location?: { origin: string };
}

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/**
 * Answers requests of pages from a registry. Call it while the worker starts, not later: a worker that has started hears of
 * no new listeners.
 *
 * @example
 * serveFromServiceWorker(createRegistry(), { origins: ["https://registry.test"] });
 */
export function serveFromServiceWorker(registry: Promise<Registry>, options: WorkerOptions = {}): void {
  const { origins = [], path = "/v2/" } = options;
  const worker = globalThis as unknown as Worker;
  worker.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    const isOwn = url.origin === worker.location?.origin && url.pathname.startsWith(path);
    if (!isOwn && !origins.includes(url.origin)) return;
    event.respondWith(registry.then((registry) => registry.fetch(event.request)));
  });
}
