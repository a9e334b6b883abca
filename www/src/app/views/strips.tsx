// Strips above the panes: what one should know now. Each says what to do.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { count } from "../../shared/format.js";
import { setFaults, undo, undoUntil, update } from "../state/actions.js";
import { connection, hasUpdate, isBrowser, isOnline, status } from "../state/registry.js";
import { notice, rail } from "../state/view.js";

export function Strips() {
  const now = status.value;
  const faults = now?.faults.length ?? 0;
  const said = notice.value;
  return (
    <section class="strips" aria-label="Notices">
      {said && (
        <Strip tone="warn" onClose={() => (notice.value = undefined)}>
          {said.message} {said.hint}
        </Strip>
      )}
      {connection.value?.carrier === "dedicated" && (
        <Strip tone="warn">
          This tab only: there is no service worker here, so that other tabs&rsquo; fetch is not answered. Requests go
          the direct way.
        </Strip>
      )}
      {now?.storage.state === "memory" && isBrowser.value && (
        <Strip tone="warn">
          {now.storage.sentence ?? "What changes is not saved, and is gone when the browser stops the worker."}
        </Strip>
      )}
      {now?.quarantine && (
        <Strip tone="warn">
          What was kept here could not be read ({now.quarantine.reason}). The registry started empty; the old data is
          kept aside.
          <button type="button" class="button small" popovertarget="storage">
            Look
          </button>
        </Strip>
      )}
      {!isOnline.value && <Strip tone="warn">The server does not answer. The page asks again by itself.</Strip>}
      {faults > 0 && isBrowser.value && (
        <Strip tone="warn">
          {count(faults, "fault")} {faults === 1 ? "is" : "are"} set: requests may fail on purpose.
          <button type="button" class="button small" onClick={() => (rail.value = "faults")}>
            Show
          </button>
          <button type="button" class="button small" onClick={() => void setFaults([])}>
            Clear all
          </button>
        </Strip>
      )}
      {hasUpdate.value && (
        <Strip tone="info">
          A new version is ready.
          <button type="button" class="button small" onClick={() => void update()}>
            Reload
          </button>
        </Strip>
      )}
      <UndoStrip />
    </section>
  );
}

function UndoStrip() {
  const until = undoUntil.value;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (until <= Date.now()) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [until]);
  const left = Math.ceil((until - Math.max(now, 0)) / 1000);
  if (left <= 0) return null;
  return (
    <Strip tone="info">
      The registry is empty.
      <button type="button" class="button small" onClick={() => void undo()}>
        Undo
      </button>
      <span class="dim number">{left} s</span>
    </Strip>
  );
}

function Strip(props: { tone: "warn" | "info"; onClose?: () => void; children: ComponentChildren }) {
  return (
    <div class={`strip strip-${props.tone}`}>
      <span>{props.children}</span>
      {props.onClose && (
        <button type="button" class="button small" onClick={props.onClose}>
          Close
        </button>
      )}
    </div>
  );
}
