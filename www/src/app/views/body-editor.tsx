// The body of the request: text, hex, a file, or content that the repository has.

import { useState } from "preact/hooks";

import { fromHex, size, utf8 } from "../../shared/format.js";
import { type BodyKind, bodyLength, draft, edit } from "../state/draft.js";
import { status } from "../state/registry.js";

const KINDS: [BodyKind, string][] = [
  ["text", "Text"],
  ["hex", "Hex"],
  ["file", "File"],
  ["digest", "From digest"],
];

export function BodyEditor() {
  const now = draft.value;
  const [advice, setAdvice] = useState("");
  const limit = status.value?.storage.limit || Infinity;
  const hex = now.body === "hex" ? fromHex(now.hex) : undefined;
  const format = () => {
    try {
      edit({ text: JSON.stringify(JSON.parse(now.text), null, 2) });
      setAdvice("Valid JSON, written anew. Its digest is another one now, if a blank changed.");
    } catch (error) {
      setAdvice(`No JSON: ${(error as Error).message}`);
    }
  };
  return (
    <div class="body-editor">
      <div class="body-bar">
        <span class="segments" role="group" aria-label="Where the body comes from">
          {KINDS.map(([id, label]) => (
            <button type="button" key={id} aria-pressed={now.body === id} onClick={() => edit({ body: id })}>
              {label}
            </button>
          ))}
        </span>
        <span class="dim">{now.body === "digest" ? "read when it is sent" : size(bodyLength(now))}</span>
        <span class="space" />
        {now.body === "text" && (
          <button type="button" class="button small" disabled={now.text === ""} onClick={format}>
            Format JSON
          </button>
        )}
        {now.body === "text" && <Digest text={now.text} />}
      </div>
      {now.body === "text" && (
        <textarea
          aria-label="Body as text"
          spellcheck={false}
          value={now.text}
          onInput={(event) => {
            edit({ text: event.currentTarget.value });
            setAdvice("");
          }}
        />
      )}
      {now.body === "hex" && (
        <textarea
          aria-label="Body as hex"
          spellcheck={false}
          placeholder="00 ff …"
          value={now.hex}
          onInput={(event) => edit({ hex: event.currentTarget.value })}
        />
      )}
      {typeof hex === "string" && <p class="warn">{hex}</p>}
      {now.body === "file" && (
        <label class="file">
          <input
            type="file"
            aria-label="Body from a file"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) edit({ file });
            }}
          />
          {now.file && (
            <span>
              {now.file.name}, {size(now.file.size)}
            </span>
          )}
        </label>
      )}
      {now.body === "file" && now.file && now.file.size > limit && (
        <p class="warn">
          It has {size(now.file.size)}; the registry holds at most {size(limit)} and will not be sent it.
        </p>
      )}
      {now.body === "digest" && (
        <input
          class="wide"
          aria-label="Digest of the content"
          placeholder="sha256:… or a tag of the target's repository"
          spellcheck={false}
          value={now.digest}
          onInput={(event) => edit({ digest: event.currentTarget.value })}
        />
      )}
      {advice && now.body === "text" && <p class="dim note">{advice}</p>}
    </div>
  );
}

/** Puts the digest of the body into the target, where a push wants it. */
function Digest({ text }: { text: string }) {
  const put = async () => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text) as Uint8Array<ArrayBuffer>));
    const digest = `sha256:${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    const { target } = draft.peek();
    const [path = "", query = ""] = target.split(/\?(.*)/s);
    if (path.includes("/manifests/")) return edit({ target: path.replace(/[^/]*$/, digest) });
    const others = query.split("&").filter((part) => part !== "" && !part.startsWith("digest="));
    edit({ target: `${path}?${[...others, `digest=${digest}`].join("&")}` });
  };
  return (
    <button type="button" class="button small" onClick={() => void put()}>
      Digest into target
    </button>
  );
}
