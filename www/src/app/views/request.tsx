// The request builder, and under it the answer.

import { signal } from "@preact/signals";

import { ENDPOINTS, METHODS } from "../../shared/endpoints.js";
import { size } from "../../shared/format.js";
import { parseTarget } from "../../shared/target.js";
import { refusal, rewritten } from "../../shared/transport.js";
import { parseCurl } from "../../shared/curl.js";
import { Commands } from "../parts/commands.js";
import { Panel, Tabs } from "../parts/tabs.js";
import { asRequest, bodyLength, draft, edit, fill } from "../state/draft.js";
import { shortcut } from "../state/keys.js";
import { connection } from "../state/registry.js";
import { exchange, sendDraft } from "../state/send.js";
import { say } from "../state/view.js";
import { BodyEditor } from "./body-editor.js";
import { HeaderRows } from "./header-rows.js";
import { ResponseView } from "./response.js";

type TabId = "headers" | "body" | "code";
const tab = signal<TabId>("headers");

export function RequestView() {
  const now = draft.value;
  const on = now.rows.filter(({ isOn }) => isOn).length;
  const selected = tab.value;
  const bytes = bodyLength(now);
  return (
    <div class="pane request">
      <h1 class="hidden">Request</h1>
      <form
        class="builder"
        onSubmit={(event) => {
          event.preventDefault();
          void sendDraft();
        }}
      >
        <Bar />
        <Advice />
        <Tabs
          name="draft"
          label="Parts of the request"
          tabs={[
            { id: "headers", label: "Headers", count: on },
            { id: "body", label: "Body", ...(bytes > 0 && { count: size(bytes) }) },
            { id: "code", label: "Code" },
          ]}
          selected={selected}
          onSelect={(id) => (tab.value = id)}
        />
        <Panel name="draft" id={selected}>
          {selected === "headers" && <HeaderRows />}
          {selected === "body" && <BodyEditor />}
          {selected === "code" && <Commands request={asRequest(now)} isLong />}
        </Panel>
      </form>
      <ResponseView />
    </div>
  );
}

function Bar() {
  const now = draft.value;
  const transports = connection.value?.transports ?? ["fetch"];
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (!/^\s*\$?\s*curl\s/.test(text)) return;
    event.preventDefault();
    const request = parseCurl(text);
    if (typeof request === "string") return say(request);
    fill(request);
    say("The curl line is filled in");
  };
  return (
    <div class="request-line">
      <label class="field-method">
        <span class="hidden">Method</span>
        <input
          list="methods"
          class={`method-${now.method.toLowerCase()}`}
          value={now.method}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => edit({ method: event.currentTarget.value.toUpperCase() })}
        />
        <datalist id="methods">
          {METHODS.map((method) => (
            <option key={method} value={method} />
          ))}
        </datalist>
      </label>
      <label class="field-target">
        <span class="hidden">Target</span>
        <input
          value={now.target}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder="/v2/…, or paste a curl line"
          onInput={(event) => edit({ target: event.currentTarget.value })}
          onPaste={paste}
        />
      </label>
      <span class="field-via">
        <select
          aria-label="Sent by"
          value={now.via}
          onChange={(event) => edit({ via: event.currentTarget.value as "fetch" | "direct" })}
        >
          {transports.map((via) => (
            <option key={via} value={via}>
              via {via}
            </option>
          ))}
        </select>
      </span>
      <button type="submit" class="button primary" disabled={exchange.value.state === "sending"}>
        Send <kbd>{shortcut("Enter")}</kbd>
      </button>
    </div>
  );
}

/** What the endpoint is, and what will become of the request on its way. */
function Advice() {
  const now = draft.value;
  const { operation } = parseTarget(now.method, now.target);
  const endpoint = ENDPOINTS[operation] ?? ENDPOINTS["unknown"]!;
  const isFetch = now.via === "fetch";
  const refused = isFetch ? refusal(now.method, now.target, bodyLength(now)) : undefined;
  const other = isFetch ? rewritten(now.target) : undefined;
  return (
    <div class="advice">
      <p>
        {endpoint.end && <b>{endpoint.end} </b>}
        {endpoint.say} <span class="dim">{endpoint.statuses}</span>
      </p>
      {refused && <p class="warn">{refused}</p>}
      {!refused && other !== undefined && (
        <p class="warn">
          fetch sends <code>{other}</code>; switch to direct to send it as it stands.
        </p>
      )}
    </div>
  );
}
