// A page that gets its blobs from a service worker, whose registry fails as it is told to.

import { open } from "./chromium.mjs";

/** Opens it; `close()` ends all of it. */
export async function openWorker() {
  const { page, close } = await open();
  let seen;
  await page.exposeFunction("tell", (what) => hear(seen, what));
  const started = page.context().waitForEvent("serviceworker");
  await page.evaluate(async () => {
    await navigator.serviceWorker.register("/worker.js", { type: "module" });
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    }
  });
  const worker = await started;
  // Whatever the page told before is heard when it has answered.
  const heard = () => page.evaluate(() => {});
  return {
    host: new URL(page.url()).host,
    close,
    /** A registry as it was at the start, with one blob and one rule; gives where the blob is. */
    prepare: (rule, bytes) =>
      worker.evaluate(
        async ({ rule, bytes }) => {
          const registry = await globalThis.registry;
          registry.reset();
          const [{ digest }] = await registry.seed({ blob: { repository: "app", bytes } });
          globalThis.fault = registry.fault(rule);
          return `/v2/app/blobs/${digest}`;
        },
        { rule, bytes },
      ),
    hits: () => worker.evaluate(() => globalThis.fault.hits),
    clock: {
      async waiting() {
        const waiting = await worker.evaluate(async () => (await globalThis.registry).clock.waiting);
        await heard();
        return waiting;
      },
      advance: (ms) => worker.evaluate(async (ms) => (await globalThis.registry).clock.advance(ms), ms),
    },
    /** Lets the page ask for it, and tells what it sees; gives what ends it. */
    async get(path, into) {
      seen = into;
      await page.evaluate(ask, path);
      return () => page.evaluate(() => globalThis.ending.abort());
    },
  };
}

/** Runs in the page: asks, and tells each thing that comes. */
function ask(path) {
  const { tell } = globalThis;
  globalThis.ending = new AbortController();
  const { signal } = globalThis.ending;
  const run = async () => {
    let response;
    try {
      response = await fetch(path, { signal });
    } catch (error) {
      return tell({ failed: error.name });
    }
    const { status, headers, redirected, url } = response;
    void tell({ status, headers: [...headers], followed: redirected ? url : undefined });
    try {
      const reader = response.body.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        let text = "";
        for (const byte of next.value) text += String.fromCharCode(byte);
        void tell({ piece: btoa(text) });
      }
      await tell({ end: true });
    } catch (error) {
      await tell({ broke: error.name });
    }
  };
  void run();
}

/** The same in the words of the table. */
function hear(seen, { status, headers, followed, piece, failed, broke }) {
  seen.change(() => {
    if (failed) seen.end = failed === "TypeError" ? "network error" : failed;
    else if (broke) seen.end = broke === "TypeError" ? "stream error" : broke;
    else if (status) seen.head = { status, headers: new Headers(headers), followed };
    else if (piece) seen.body = Buffer.concat([seen.body, Buffer.from(piece, "base64")]);
    else seen.end = "whole";
  });
}
