// Serves a registry, and tells its parent what is resident when nothing is left to collect.

import { setTimeout } from "node:timers/promises";

import { startRegistry } from "registrette/node";

const registry = await startRegistry();
process.on("message", async () => {
  // What a collection frees goes back in the background, a moment later.
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await setTimeout(300);
  }
  process.send(process.memoryUsage.rss());
});
process.on("disconnect", () => registry.close());
process.send({ port: registry.port });
