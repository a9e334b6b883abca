// Tags of a repository, and an upload that is open.

import { header } from "../../shared/http.js";
import { manifestTarget, placeOf } from "../../shared/links.js";
import { parseJson } from "../../shared/manifest.js";
import { parseTarget } from "../../shared/target.js";
import { Digest } from "../parts/digest.js";
import { Headers } from "../parts/headers.js";
import { Link } from "../parts/link.js";
import { repositories } from "../state/contents.js";
import { fill } from "../state/draft.js";
import type { Shown } from "../state/object.js";
import { NOTHING } from "../state/registry.js";
import { exchange } from "../state/send.js";
import { showRequest } from "../state/view.js";

export function TagsView({ shown }: { shown: Shown }) {
  const place = placeOf(shown.target);
  const json = parseJson(shown.answer!.body) as { tags?: unknown } | undefined;
  const tags = Array.isArray(json?.tags) ? json.tags.filter((tag) => typeof tag === "string") : [];
  const known = repositories.value?.find(({ name }) => name === place.repository);
  if (tags.length === 0) return <p class="dim note">The repository has no tags.</p>;
  return (
    <table class="grid">
      <thead>
        <tr>
          <th>Tag</th>
          <th>Points at</th>
        </tr>
      </thead>
      <tbody>
        {tags.map((tag) => {
          const digest = known?.tags.find(({ name }) => name === tag)?.digest;
          return (
            <tr key={tag}>
              <td>
                <Link target={manifestTarget(place, tag)}>{tag}</Link>
              </td>
              <td>
                {digest ? (
                  <Digest digest={digest} target={manifestTarget(place, digest)} />
                ) : (
                  <span class="dim">–</span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function UploadView({ shown }: { shown: Shown }) {
  const answer = shown.answer!;
  const { reference = "" } = parseTarget("GET", shown.target);
  const range = header(answer.headers, "range") ?? "0-0";
  const target = header(answer.headers, "location") ?? shown.target;
  const next = () => {
    const last = Number(/-(\d+)$/.exec(range)?.[1] ?? 0);
    const from = last === 0 ? 0 : last + 1;
    fill({
      method: "PATCH",
      target,
      headers: [
        ["Content-Range", `${from}-${from + 9}`],
        ["Content-Type", "application/octet-stream"],
      ],
      body: NOTHING,
    });
    exchange.value = { state: "none" };
    showRequest();
  };
  return (
    <>
      <dl class="facts">
        <div>
          <dt>Session</dt>
          <dd class="break">{reference}</dd>
        </div>
        <div>
          <dt>It has</dt>
          <dd>bytes {range}</dd>
        </div>
      </dl>
      <div class="row">
        <button type="button" class="button" onClick={next}>
          Continue it
        </button>
      </div>
      <Headers headers={answer.headers} target={shown.target} />
    </>
  );
}
