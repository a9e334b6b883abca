// Digests: a mark, the algorithm, and the first hex digits; the whole of it on hover, on focus and in a copy.

import { hues, isDigest, shortDigest } from "../../shared/format.js";
import { Copy } from "./copy.js";
import { Link } from "./link.js";

/** Three blocks in the colours of the first three bytes: the same content is the same everywhere. */
export function Mark({ digest }: { digest: string }) {
  if (!isDigest(digest)) return null;
  return (
    <span class="mark" aria-hidden="true">
      {hues(digest).map((hue, i) => (
        <i key={i} style={{ "--hue": String(hue) }} />
      ))}
    </span>
  );
}

interface Props {
  digest: string;
  /** Where it leads. */
  target?: string;
  hasCopy?: boolean;
}

export function Digest({ digest, target, hasCopy = false }: Props) {
  const [algorithm, hex] = shortDigest(digest);
  const text = (
    <>
      <span class="dim">{algorithm}</span>
      {hex}
    </>
  );
  return (
    <span class="digest">
      <Mark digest={digest} />
      {target === undefined ? (
        <span title={digest}>{text}</span>
      ) : (
        <Link target={target} title={digest}>
          {text}
        </Link>
      )}
      {hasCopy && <Copy text={digest} what="digest" />}
    </span>
  );
}
