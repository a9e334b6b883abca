// The registry as a service worker: classic, with all listeners there before anything is waited for.

import type { Post } from "../shared/protocol.js";
import { toResponse } from "./answer.js";
import { file, install, tidy } from "./assets.js";
import { fromFetch } from "./asked.js";
import { mounted, mountsOf } from "./mounts.js";
import { Worker, newInstance } from "./worker.js";

declare const self: ServiceWorkerGlobalScope;

const { scope } = self.registration;
const { origin, searchParams } = new URL(self.location.href);
// Beside a registry that is served, the worker answers below its own scope alone.
const mounts = mountsOf(scope, searchParams.get("mount") === "own");

const worker = new Worker(scope, {
  instance: newInstance(),
  mounts,
  claim: () => self.clients.claim(),
  skipWaiting: () => self.skipWaiting(),
});

self.addEventListener("install", (event) => {
  // The first one need not wait for anybody; an update waits until pages say so, or are gone.
  if (!self.registration.active) void self.skipWaiting();
  event.waitUntil(install(scope));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([tidy(scope), self.clients.claim()]));
});

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (!port) return;
  const client = event.source && "id" in event.source ? event.source.id : "";
  event.waitUntil(worker.reply(event.data as Post, port, client));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const place = mounted(new URL(request.url), origin, mounts);
  if (!place) {
    const found = file(request, scope);
    if (found) event.respondWith(found);
    return;
  }
  // A form of another site could send one of these, and nobody would be asked.
  if (request.mode === "navigate" && !/^(GET|HEAD)$/.test(request.method)) {
    event.respondWith(new Response("A registry is not written to by forms.\n", { status: 403 }));
    return;
  }
  const answer = async (): Promise<Response> => {
    const asked = await fromFetch(request, place.mount, place.target, event.clientId);
    const { answer, listener } = await worker.server.serve(asked);
    return toResponse(answer, listener);
  };
  event.respondWith(answer());
});
