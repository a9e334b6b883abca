// A blob: a config as what it says, anything else by how it begins.

import { asText, isDigest, size } from "../../shared/format.js";
import { header } from "../../shared/http.js";
import { blobTarget, placeOf } from "../../shared/links.js";
import { magic, parseJson } from "../../shared/manifest.js";
import { parseTarget } from "../../shared/target.js";
import { Body } from "../parts/body.js";
import { Digest } from "../parts/digest.js";
import type { Shown } from "../state/object.js";

const KINDS = { gzip: "packed by gzip", zstd: "packed by zstd", tar: "a tar archive" };

export function BlobView({ shown }: { shown: Shown }) {
  const answer = shown.answer!;
  const { reference = "" } = parseTarget("GET", shown.target);
  const kind = magic(answer.body) as keyof typeof KINDS | undefined;
  const text = asText(answer.body);
  const config = text === undefined ? undefined : parseJson(answer.body);
  const isConfig = typeof config === "object" && config !== null && "rootfs" in config;
  const what = kind ? KINDS[kind] : isConfig ? "an image config" : text === undefined ? "bytes" : "text";
  return (
    <>
      <dl class="facts">
        <div>
          <dt>Digest</dt>
          <dd>
            {isDigest(reference) ? (
              <Digest digest={reference} target={blobTarget(placeOf(shown.target), reference)} hasCopy />
            ) : (
              reference
            )}
          </dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd>{size(shown.size)}</dd>
        </div>
        <div>
          <dt>It is</dt>
          <dd>{what}</dd>
        </div>
        {isConfig && <Config config={config as Record<string, unknown>} />}
        <div>
          <dt>Served as</dt>
          <dd>{header(answer.headers, "content-type") ?? "no type"}</dd>
        </div>
      </dl>
      <Body bytes={answer.body} target={shown.target} of={shown.size} />
    </>
  );
}

/** What one looks for in a config. */
function Config({ config }: { config: Record<string, unknown> }) {
  const run = (config["config"] ?? {}) as Record<string, unknown>;
  const words = (value: unknown) => (Array.isArray(value) ? value.join(" ") : typeof value === "string" ? value : "");
  const platform = [config["os"], config["architecture"], config["variant"]].filter(Boolean).join("/");
  const rows: [string, string][] = [
    ["Platform", platform],
    ["Created", words(config["created"])],
    ["Entrypoint", words(run["Entrypoint"])],
    ["Command", words(run["Cmd"])],
    ["Environment", words(run["Env"])],
  ];
  return (
    <>
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </>
  );
}
