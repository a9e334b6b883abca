// The playground in Chromium: the first visit, a request that the page sees answered, and a start with much to read.

import { createHash, randomBytes } from "node:crypto";

import { PLACE, admin, controlled, kill, launch, newContext, serveFiles } from "../../../www/test/beneath.mjs";

const MEBIBYTE = 1 << 20;

/** How much is kept, in blobs of how much: what a page may keep at most. */
const [BLOBS, SIZE] = [64, 4 * MEBIBYTE - 1024];

/** Does something on a page of somebody who was never there. */
async function visiting(act) {
  if (!PLACE) return "there is no Chromium";
  const [browser, site] = [await launch(), await serveFiles()];
  try {
    const { context } = await newContext(browser, site.origin);
    return await act({ context, site, page: await context.newPage() });
  } finally {
    await browser.close();
    site.close();
  }
}

/** A file of the site below the worker: a page that does nothing by itself. */
async function quiet(page, site) {
  await page.goto(site.url);
  await controlled(page);
  await page.goto(`${site.url}mode.json`);
}

const firstVisit = () =>
  visiting(async ({ page, site }) => {
    const start = performance.now();
    await page.goto(site.url);
    await controlled(page);
    await page.evaluate(() => fetch("/v2/").then((answer) => answer.text()));
    return performance.now() - start;
  });

const warmPing = () =>
  visiting(async ({ page, site }) => {
    await quiet(page, site);
    return page.evaluate(async () => {
      const took = [];
      for (let i = 0; i < 300; i++) {
        const start = performance.now();
        await (await fetch("/v2/")).text();
        took.push(performance.now() - start);
      }
      return took.sort((a, b) => a - b)[150];
    });
  });

const replay = () =>
  visiting(async ({ context, page, site }) => {
    await quiet(page, site);
    for (let at = 0; at < BLOBS; at++) {
      const salt = randomBytes(16);
      const digest = createHash("sha256")
        .update(salt)
        .update(Buffer.alloc(SIZE - 16))
        .digest("hex");
      await page.evaluate(
        async ([digest, salt, size]) => {
          const bytes = new Uint8Array(size);
          bytes.set(salt);
          const init = { method: "POST", body: new Blob([bytes]) };
          const { status } = await fetch(`/v2/a/blobs/uploads/?digest=sha256:${digest}`, init);
          if (status !== 201) throw new Error(`the push was answered ${status}`);
        },
        [digest, [...salt], SIZE],
      );
    }
    await kill(context, page);
    const session = await context.newCDPSession(page);
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.stopAllWorkers");
    await page.evaluate(() => fetch("/v2/").then((answer) => answer.text()));
    const { entries } = await admin(page, "log");
    return entries.findLast(({ timing }) => timing.cold !== undefined)?.timing.cold ?? "no start was seen";
  });

/** The longest frame while the log, which is full, is scrolled through. */
const scroll = () =>
  visiting(async ({ page, site }) => {
    await page.goto(site.url);
    await controlled(page);
    await page.evaluate(async () => {
      for (let at = 0; at < 520; at++) await fetch(`/v2/r/manifests/${at}`);
    });
    await page.waitForFunction(() => document.querySelectorAll("table.log tbody tr").length === 500);
    return page.evaluate(async () => {
      const list = document.querySelector(".log-rows");
      const frame = () => new Promise(requestAnimationFrame);
      await frame();
      let [last, longest] = [await frame(), 0];
      for (let at = 0; at < list.scrollHeight; at += 400) {
        list.scrollTop = at;
        const now = await frame();
        longest = Math.max(longest, now - last);
        last = now;
      }
      return longest;
    });
  });

export const browser = () => [
  { name: "playground: first visit", unit: "ms", most: 1000, round: firstVisit },
  { name: "playground: GET /v2/ as the page sees it", unit: "ms", most: 5, round: warmPing },
  { name: "playground: start with 256 MiB", unit: "ms", most: 1000, round: replay },
  { name: "playground: longest frame in a log of 500 rows", unit: "ms", most: 50, round: scroll },
];
