// What the registry holds, and whether it is kept.

import { size } from "../../shared/format.js";
import type { Status } from "../../shared/protocol.js";
import { connection, isBrowser, status } from "../state/registry.js";
import { quarantine } from "../state/actions.js";
import { dialog } from "../state/view.js";

/** The state of the storage in a word. */
export function storageWord(now: Status): { text: string; tone: "good" | "warn" } {
  if (!isBrowser.value) return { text: "Live", tone: "good" };
  const { state, reason } = now.storage;
  if (state === "saved") {
    return now.stats.bytes > now.storage.limit * 0.8
      ? { text: "Nearly full", tone: "warn" }
      : { text: "Saved", tone: "good" };
  }
  const why = { full: "storage full", denied: "storage denied", stuck: "storage stuck", failed: "storage failed" };
  return { text: `Not saved: ${reason ? why[reason] : "in memory alone"}`, tone: "warn" };
}

export function StoragePopover() {
  const now = status.value;
  const rows: [string, string][] = now
    ? [
        ["Repositories", String(now.stats.repositories)],
        ["Manifests", String(now.stats.manifests)],
        ["Blobs", String(now.stats.blobs)],
        ["Open uploads", String(now.stats.uploads)],
        ["Content", size(now.stats.bytes)],
      ]
    : [];
  if (now && Number.isFinite(now.storage.limit)) rows.push(["May hold", size(now.storage.limit)]);
  if (now?.storage.used !== undefined) rows.push(["On disk, all of this site", size(now.storage.used)]);
  const part = now ? Math.min(1, now.stats.bytes / now.storage.limit) : 0;
  return (
    <div popover="auto" id="storage" class="popover">
      <h2>What the registry holds</h2>
      {now && isBrowser.value && (
        <meter min={0} max={1} high={0.8} value={part} aria-label="Content of what it may hold" />
      )}
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {now && isBrowser.value && <p class={now.storage.state === "saved" ? "dim" : "warn"}>{sentence(now)}</p>}
      {now?.quarantine && (
        <div>
          <p class="warn">What was kept here could not be read: {now.quarantine.reason}</p>
          <div class="row">
            <button type="button" class="button" onClick={() => void quarantine("download")}>
              Download it
            </button>
            <button type="button" class="button" onClick={() => void quarantine("forget")}>
              Throw it away
            </button>
          </div>
        </div>
      )}
      {isBrowser.value && (
        <button type="button" class="button danger" onClick={() => (dialog.value = "reset")}>
          Reset the registry
        </button>
      )}
    </div>
  );
}

function sentence({ storage }: Status): string {
  if (storage.state === "saved") return "Saved in this browser: it is there again after a reload.";
  if (storage.sentence) return storage.sentence;
  const holder = connection.value?.carrier === "dedicated" ? "this tab is closed" : "the browser stops the worker";
  return `Held in memory: it is gone when ${holder}.`;
}
