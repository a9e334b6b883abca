// The answer to the request: status, time, body, headers, and what to do next with it.

import { signal } from "@preact/signals";

import { challengeOf } from "../../shared/challenge.js";
import { duration, size } from "../../shared/format.js";
import { header, type HttpRequest } from "../../shared/http.js";
import { parseTarget } from "../../shared/target.js";
import { Body } from "../parts/body.js";
import { Commands } from "../parts/commands.js";
import { Headers } from "../parts/headers.js";
import { Panel, Tabs } from "../parts/tabs.js";
import { Timing } from "../parts/timing.js";
import { Status } from "../parts/words.js";
import { edit } from "../state/draft.js";
import { type Answer, exchange, sendDraft } from "../state/send.js";
import { Follow } from "./follow.js";
import { Setup } from "./missing.js";

type TabId = "body" | "headers" | "timing" | "code";
const tab = signal<TabId>("body");

export function ResponseView() {
  const now = exchange.value;
  if (now.state === "none") {
    return (
      <section class="response" aria-label="Answer">
        <p class="dim note">The answer will stand here.</p>
      </section>
    );
  }
  if (now.state === "sending") {
    return <section class="response" aria-label="Answer" aria-busy="true" />;
  }
  if (now.state === "refused") {
    return (
      <section class="response" aria-label="Answer">
        <p class="note warn">{now.reason}</p>
        <div class="row">
          <button type="button" class="button" onClick={() => void sendDraft()}>
            Send again
          </button>
        </div>
      </section>
    );
  }
  return <Answered request={now.request} answer={now.answer} />;
}

const ENDS = {
  cut: "The body ended before the bytes that its head announced.",
  reset: "The connection broke.",
  hang: "No more came; waiting was given up.",
};

function Answered({ request, answer }: { request: HttpRequest; answer: Answer }) {
  const selected = tab.value;
  const { target } = request;
  return (
    <section class="response" aria-label="Answer">
      <div class="answer-line">
        <Status status={answer.status} isLong />
        <span class="number">{size(answer.body.length)}</span>
        <span class="number">{duration(answer.total)}</span>
        {answer.timing?.cold !== undefined && <span class="tag">cold</span>}
        {answer.ended && <span class="tag warn">{answer.ended}</span>}
      </div>
      {answer.ended && <p class="warn note">{ENDS[answer.ended]}</p>}
      {answer.redirected && (
        <p class="dim note">
          fetch followed a redirect to {new URL(answer.redirected).pathname}; direct shows the answer itself.
        </p>
      )}
      <Next request={request} answer={answer} />
      <Tabs
        name="answer"
        label="Parts of the answer"
        tabs={[
          { id: "body", label: "Body" },
          { id: "headers", label: "Headers", count: answer.headers.length },
          { id: "timing", label: "Timing" },
          { id: "code", label: "Code" },
        ]}
        selected={selected}
        onSelect={(id) => (tab.value = id)}
      />
      <Panel name="answer" id={selected}>
        {selected === "body" && <Body bytes={answer.body} target={target} empty="The answer has no body." />}
        {selected === "headers" && (
          <Headers
            headers={answer.headers}
            target={target}
            {...(!answer.isExact && { note: "As fetch shows them: in lower case, sorted, some left out." })}
          />
        )}
        {selected === "timing" && <Timing total={answer.total} {...(answer.timing && { timing: answer.timing })} />}
        {selected === "code" && <Commands request={request} isLong />}
      </Panel>
    </section>
  );
}

/** What the answer suggests. */
function Next({ request, answer }: { request: HttpRequest; answer: Answer }) {
  const { operation } = parseTarget(request.method, request.target);
  const place = header(answer.headers, "location");
  const isUpload = /^upload\.(start|patch|status)$|^blob\.mount$/.test(operation);
  if (answer.status === 401 && challengeOf(answer.headers)) return <Follow request={request} answer={answer} />;
  if (answer.status === 404 && request.method === "GET") return <Setup target={request.target} />;
  if (!place || !isUpload || (answer.status !== 202 && answer.status !== 204)) return null;
  return (
    <div class="row">
      <span class="dim">The upload goes on at its Location:</span>
      <button type="button" class="button small" onClick={() => edit({ method: "PATCH", target: place })}>
        PATCH a chunk
      </button>
      <button
        type="button"
        class="button small"
        onClick={() => edit({ method: "PUT", target: `${place}${place.includes("?") ? "&" : "?"}digest=` })}
      >
        PUT to close
      </button>
    </div>
  );
}
