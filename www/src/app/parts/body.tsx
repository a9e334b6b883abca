// Bytes as JSON with links, as text, or as hex.

import { useState } from "preact/hooks";

import { asText, hexDump, size } from "../../shared/format.js";
import { isLaidOut } from "../state/settings.js";
import { Copy } from "./copy.js";
import { Json } from "./json.js";

interface Props {
  bytes: Uint8Array;
  target: string;
  /** How many there are in all, if these are only the first. */
  of?: number;
  /** What is shown when there are none. */
  empty?: string;
}

const TEXT = 200_000;
const HEX = 16_384;

export function Body({ bytes, target, of, empty = "No body." }: Props) {
  const [isHex, setHex] = useState(false);
  if (bytes.length === 0) return <p class="dim note">{empty}</p>;
  const text = asText(bytes);
  const isJson = text !== undefined && /^\s*[[{]/.test(text);
  const whole = of ?? bytes.length;
  const shown = isHex || text === undefined ? Math.min(bytes.length, HEX) : Math.min(text.length, TEXT);
  const showsAll = shown >= whole || (text !== undefined && !isHex && bytes.length === whole && text.length <= TEXT);
  const kind = isHex || text === undefined ? "hex" : isJson && isLaidOut.value ? "laid-out" : "raw";
  const choose = (next: string) => {
    setHex(next === "hex");
    if (next !== "hex" && isJson) isLaidOut.value = next === "laid-out";
  };
  const kinds = [...(isJson ? [["laid-out", "Laid out"]] : []), ...(text !== undefined ? [["raw", "As sent"]] : [])];
  return (
    <div class="body">
      <div class="body-bar">
        <span class="segments" role="group" aria-label="How the bytes are shown">
          {[...kinds, ["hex", "Hex"]].map(([id = "", label]) => (
            <button type="button" key={id} aria-pressed={kind === id} onClick={() => choose(id)}>
              {label}
            </button>
          ))}
        </span>
        <span class="dim">
          {size(whole)}
          {!showsAll && `, the first ${size(shown)} are shown`}
        </span>
        <Copy text={() => text ?? hexDump(bytes, HEX)} what="body" />
      </div>
      {kind === "hex" ? (
        <pre class="code hex" tabIndex={0} aria-label="Bytes">
          {hexDump(bytes, HEX)}
        </pre>
      ) : isJson ? (
        <Json text={text} target={target} isLaidOut={kind === "laid-out"} />
      ) : (
        <pre class="code">{text!.slice(0, TEXT)}</pre>
      )}
    </div>
  );
}
