// The same registry for one page alone, where there is no service worker: what it hears comes by messages.

import type { Post } from "../shared/protocol.js";
import { Worker, newInstance } from "./worker.js";

declare const self: DedicatedWorkerGlobalScope;

const scope = new URL("./", self.location.href).href;
const instance = newInstance();

const worker = new Worker(
  scope,
  { instance, mounts: [""], claim: async () => {}, skipWaiting: async () => {} },
  (event) => self.postMessage(event),
);

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (port) void worker.reply(event.data as Post, port, instance);
});
