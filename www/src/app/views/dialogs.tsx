// The small dialogs: keys, reset, share, and how to use the registry from elsewhere.

import { useLayoutEffect, useState } from "preact/hooks";

import { size } from "../../shared/format.js";
import { type Shared, toHash } from "../../shared/share.js";
import { Copy } from "../parts/copy.js";
import { Modal } from "../parts/dialog.js";
import { reset } from "../state/actions.js";
import { asRequest, draft } from "../state/draft.js";
import { walk } from "../state/guide.js";
import { KEYS } from "../state/keys.js";
import { isBrowser, mount, shellOrigin, status } from "../state/registry.js";
import { dialog, rail, view } from "../state/view.js";
import { Palette } from "./palette.js";

export function Dialogs() {
  switch (dialog.value) {
    case "palette":
      return <Palette />;
    case "keys":
      return <Keys />;
    case "share":
      return <Share />;
    case "outside":
      return <Outside />;
    case "reset":
      return <Reset />;
    case undefined:
      return null;
  }
}

function Keys() {
  return (
    <Modal title="Keys">
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

function Reset() {
  const now = status.value;
  return (
    <Modal title="Reset the registry?">
      <p>
        Everything in it goes: {now?.stats.repositories ?? 0} repositories, {size(now?.stats.bytes ?? 0)}. For 30
        seconds afterwards, Undo brings it back.
      </p>
      <div class="row end">
        <button type="button" class="button" onClick={() => (dialog.value = undefined)}>
          Keep it
        </button>
        <button type="button" class="button danger" onClick={() => void reset()}>
          Reset
        </button>
      </div>
    </Modal>
  );
}

/** What a link would show: what is in the centre, or the scenario that is walked through. */
function sharable(wantsScenario: boolean): Shared {
  const [now, steps] = [view.value, walk.value];
  if (wantsScenario && steps) return { kind: "scenario", id: steps.id, step: steps.at };
  if (now.kind === "object") return now;
  if (now.kind === "request") return { kind: "request", request: asRequest(draft.value), via: draft.value.via };
  return { kind: "home" };
}

function Share() {
  const [link, setLink] = useState("");
  const [hasSecret, setSecret] = useState(false);
  const canScenario = walk.value !== undefined;
  const [isScenario, setScenario] = useState(canScenario && rail.value === "guide" && view.value.kind !== "object");
  const what = sharable(isScenario);
  const credentials = what.kind === "request" && what.request.headers.some(([name]) => /^authorization$/i.test(name));
  useLayoutEffect(() => {
    let isCurrent = true;
    setLink("");
    void toHash(what, hasSecret).then((hash) => {
      if (isCurrent) setLink(`${location.origin}${location.pathname}${hash}`);
    });
    return () => {
      isCurrent = false;
    };
  }, [hasSecret, isScenario]);
  const words = { home: "the start page", object: "this object", request: "this request", scenario: "this scenario" };
  return (
    <Modal title="Share a link">
      <p>The link holds {words[what.kind]}, and nothing of the registry&rsquo;s content. Nothing is uploaded.</p>
      <div class="row">
        <input
          class="wide mono"
          readonly
          aria-label="Link"
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Copy text={link} what="link" label="Copy" />
      </div>
      {canScenario && (
        <label class="check">
          <input type="checkbox" checked={isScenario} onChange={(event) => setScenario(event.currentTarget.checked)} />
          the scenario and its step, not what the centre shows
        </label>
      )}
      {credentials && (
        <label class="check">
          <input type="checkbox" checked={hasSecret} onChange={(event) => setSecret(event.currentTarget.checked)} />
          with the Authorization header: whoever has the link has the password
        </label>
      )}
    </Modal>
  );
}

function Outside() {
  const script = `const answer = await fetch("${location.origin}${mount.value}/v2/_catalog");
console.log(answer.status, await answer.json());`;
  const shell = `curl ${shellOrigin.value}/v2/_catalog
crane copy alpine:3 ${shellOrigin.value.replace(/^https?:\/\//, "")}/demo/alpine:3`;
  return (
    <Modal title="Use it from elsewhere">
      {isBrowser.value && (
        <>
          <p>
            The registry answers every page of this site. Paste this into the console of another tab here; the call
            appears in the log, with its tab.
          </p>
          <Snippet text={script} what="script" />
        </>
      )}
      <p>
        {isBrowser.value
          ? "From a terminal a browser cannot be reached. The same registry runs there with npm start --prefix pkg-js or registrette serve; then:"
          : "From a terminal, with any client:"}
      </p>
      <Snippet text={shell} what="lines" />
    </Modal>
  );
}

function Snippet({ text, what }: { text: string; what: string }) {
  return (
    <div class="snippet">
      <pre class="code" tabIndex={0} aria-label={what}>
        {text}
      </pre>
      <Copy text={text} what={what} />
    </div>
  );
}
