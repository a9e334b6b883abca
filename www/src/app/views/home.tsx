// The first thing that is seen: a real answer, and where to go from there.

import { signal } from "@preact/signals";

import { count, duration } from "../../shared/format.js";
import type { HttpRequest } from "../../shared/http.js";
import { Body } from "../parts/body.js";
import { Headers } from "../parts/headers.js";
import { Method, Status } from "../parts/words.js";
import { loadDemo, isSeeding, startPushGuide } from "../state/actions.js";
import { fill } from "../state/draft.js";
import { repositories } from "../state/contents.js";
import { NOTHING, connection, isBrowser, v2 } from "../state/registry.js";
import { type Answer, send } from "../state/send.js";
import { dialog, showRequest } from "../state/view.js";

const ping = signal<{ request: HttpRequest; answer: Answer } | undefined>(undefined);

/** Asks whether there is a registry, for all to see. */
export async function askFirst(): Promise<void> {
  const request: HttpRequest = { method: "GET", target: v2(""), headers: [], body: NOTHING };
  const via = connection.peek()?.transports.includes("fetch") ? "fetch" : "direct";
  ping.value = { request, answer: await send(request, via) };
}

export function Home() {
  const isEmpty = repositories.value?.length === 0;
  const first = ping.value;
  return (
    <div class="home pane">
      <h1>{isBrowser.value ? "A container registry in this browser" : "The container registry of this server"}</h1>
      <p class="lead">
        {isBrowser.value
          ? "A container registry that runs in this browser’s service worker. Nothing leaves your browser."
          : "What any client pushes and pulls at this address is seen here."}
      </p>
      <div class="row actions">
        {isBrowser.value && (
          <button type="button" class="button primary" disabled={isSeeding.value} onClick={() => void loadDemo()}>
            {isEmpty === false ? "Load the demo images again" : "Load the demo images"}
          </button>
        )}
        <button type="button" class="button" onClick={startPushGuide}>
          Start the push guide
        </button>
        <button type="button" class="button" onClick={() => (dialog.value = "outside")}>
          Use it from elsewhere
        </button>
      </div>
      <section class="first" aria-label="The registry's answer">
        <div class="first-bar">
          <Method method="GET" />
          <code>{v2("")}</code>
          {first && <Status status={first.answer.status} isLong />}
          {first && <span class="dim">{duration(first.answer.total)}</span>}
          <span class="space" />
          <button
            type="button"
            class="button small"
            disabled={!first}
            onClick={() => {
              if (first) fill(first.request);
              showRequest();
            }}
          >
            Edit
          </button>
        </div>
        <div class="first-answer">
          {first && <Headers headers={first.answer.headers} target={first.request.target} />}
          {first && <Body bytes={first.answer.body} target={first.request.target} />}
        </div>
      </section>
      {repositories.value && repositories.value.length > 0 && (
        <p class="dim">
          {count(repositories.value.length, "repository", "repositories")} here. Choose one on the left, or press Ctrl
          K.
        </p>
      )}
    </div>
  );
}
