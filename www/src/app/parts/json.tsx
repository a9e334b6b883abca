// JSON from the bytes, with its links.

import { useMemo } from "preact/hooks";

import { laidOut, tokenise, unquote } from "../../shared/json-tokens.js";
import { jsonLink, placeOf } from "../../shared/links.js";
import { isDigest } from "../../shared/format.js";
import { Mark } from "./digest.js";
import { Link } from "./link.js";

interface Props {
  text: string;
  /** What was asked for it: its links lead into the same repository. */
  target: string;
  /** With line breaks of our own. */
  isLaidOut: boolean;
}

/** More tokens than this are shown as plain text. */
const MOST = 20_000;

export function Json({ text, target, isLaidOut }: Props) {
  const parts = useMemo(() => {
    const place = placeOf(target);
    const tokens = tokenise(text);
    if (tokens.length > MOST) return text;
    return (isLaidOut ? laidOut(tokens) : tokens).map((token, i) => {
      if (token.kind === "space" || token.kind === "comma" || token.kind === "colon") return token.text;
      const link = jsonLink(token, place);
      const name = token.kind === "open" || token.kind === "close" ? "punctuation" : token.kind;
      if (link === undefined) {
        return (
          <span key={i} class={`json-${name}`}>
            {token.text}
          </span>
        );
      }
      const value = unquote(token.text);
      return (
        <span key={i} class="json-link">
          <Link target={link}>{token.text}</Link>
          {isDigest(value) && <Mark digest={value} />}
        </span>
      );
    });
  }, [text, target, isLaidOut]);
  return <pre class="code json">{parts}</pre>;
}
