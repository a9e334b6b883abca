// One request of the log: what arrived, what was answered, and where the time went.

import { signal } from "@preact/signals";

import { duration } from "../../shared/format.js";
import type { LogEntry, Message } from "../../shared/protocol.js";
import { Body } from "../parts/body.js";
import { Headers } from "../parts/headers.js";
import { Icon } from "../parts/icon.js";
import { Panel, Tabs } from "../parts/tabs.js";
import { Timing } from "../parts/timing.js";
import { Method, Status } from "../parts/words.js";
import { fill } from "../state/draft.js";
import { selected } from "../state/log.js";
import { NOTHING, connection } from "../state/registry.js";
import { exchange } from "../state/send.js";
import { say, showRequest } from "../state/view.js";

type TabId = "headers" | "body" | "timing";
const tab = signal<TabId>("headers");

export function LogDetails({ entry }: { entry: LogEntry }) {
  const { request, answer } = entry;
  const chosen = tab.value;
  const resend = () => {
    const can = connection.peek()?.transports ?? [];
    const via = entry.via === "direct" && can.includes("direct") ? "direct" : (can[0] ?? "fetch");
    fill(
      { method: request.method, target: request.target, headers: request.headers, body: request.body ?? NOTHING },
      via,
    );
    exchange.value = { state: "none" };
    if ((request.body?.length ?? 0) < request.bytes) say("The log kept only the first bytes of the body");
    showRequest();
  };
  return (
    <div class="details" aria-label="Request of the log">
      <div class="details-bar">
        <Method method={request.method} />
        <code title={request.target}>{request.target}</code>
        <Status status={answer.status} isLong />
        <button type="button" class="button small" onClick={resend}>
          Edit &amp; resend
        </button>
        <button type="button" class="bare" aria-label="Close the details" onClick={() => (selected.value = undefined)}>
          <Icon name="close" />
        </button>
      </div>
      <Tabs
        name="entry"
        label="Parts of the request"
        tabs={[
          { id: "headers", label: "Headers" },
          { id: "body", label: "Body" },
          { id: "timing", label: "Timing" },
        ]}
        selected={chosen}
        onSelect={(id) => (tab.value = id)}
      />
      <Panel name="entry" id={chosen}>
        {chosen === "headers" && (
          <>
            <h2 class="sub">Request, by {entry.via}</h2>
            <Headers headers={request.headers} target={request.target} />
            <h2 class="sub">Answer</h2>
            <Headers headers={answer.headers} target={request.target} />
          </>
        )}
        {chosen === "body" && (
          <>
            <h2 class="sub">Request</h2>
            <Part message={request} target={request.target} />
            <h2 class="sub">Answer</h2>
            <Part message={answer} target={request.target} />
          </>
        )}
        {chosen === "timing" && <Timing timing={entry.timing} total={entry.timing.total} />}
        {chosen === "timing" && entry.faults.length > 0 && (
          <p class="note warn">
            {entry.faults.length === 1 ? "A fault" : `${entry.faults.length} faults`} happened to it; it took{" "}
            {duration(entry.timing.total)} with its waits.
          </p>
        )}
      </Panel>
    </div>
  );
}

function Part({ message, target }: { message: Message; target: string }) {
  if (message.bytes > 0 && !message.body) return <p class="dim note">{message.bytes} bytes, which nobody kept.</p>;
  return <Body bytes={message.body ?? NOTHING} target={target} of={message.bytes} />;
}
