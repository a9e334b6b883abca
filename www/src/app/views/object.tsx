// An object in the centre: the request that shows it, the same for other tools, and what it is.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { duration, size } from "../../shared/format.js";
import { header } from "../../shared/http.js";
import { placeOf, tagsTarget } from "../../shared/links.js";
import { readManifest } from "../../shared/manifest.js";
import { parseTarget } from "../../shared/target.js";
import { Body } from "../parts/body.js";
import { Commands } from "../parts/commands.js";
import { Headers } from "../parts/headers.js";
import { Link } from "../parts/link.js";
import { Panel, Tabs, type Tab } from "../parts/tabs.js";
import { Method, Status } from "../parts/words.js";
import { fill } from "../state/draft.js";
import { type Shown, isLoading, load, object } from "../state/object.js";
import { exchange } from "../state/send.js";
import { showRequest, visit } from "../state/view.js";
import { BlobView } from "./blob.js";
import { IndexView, ImageView, Referrers } from "./manifest.js";
import { Missing } from "./missing.js";
import { TagsView, UploadView } from "./lists.js";

type TabId = "view" | "raw" | "headers" | "referrers";
const tab = signal<TabId>("view");

export function ObjectView({ target }: { target: string }) {
  const turn = visit.value;
  useEffect(() => {
    void load(target);
  }, [target, turn]);
  const shown = object.value;
  if (!shown) return <div class="pane object" aria-busy="true" />;
  return (
    <div class="pane object" aria-busy={isLoading.value}>
      <Crumbs target={target} />
      <RequestBar shown={shown} />
      <Commands request={shown.request} />
      <Content shown={shown} />
    </div>
  );
}

function Crumbs({ target }: { target: string }) {
  const { repository, reference, operation } = parseTarget("GET", target);
  const kind = operation.split(".")[0]!;
  return (
    <h1 class="crumbs">
      {repository === undefined ? (
        target
      ) : (
        <>
          <Link target={tagsTarget({ ...placeOf(target), repository })}>{repository}</Link>
          <span class="dim"> › </span>
          {reference === undefined ? "tags" : kind === "manifest" ? "" : `${kind} `}
          {reference && (
            <span title={reference}>{reference.length > 30 ? `${reference.slice(0, 19)}…` : reference}</span>
          )}
        </>
      )}
    </h1>
  );
}

function RequestBar({ shown }: { shown: Shown }) {
  const { request, answer } = shown;
  const edit = () => {
    fill(request);
    exchange.value = { state: "none" };
    showRequest();
  };
  return (
    <div class="request-bar">
      <Method method={request.method} />
      <code title={request.target}>{request.target}</code>
      {answer && <Status status={answer.status} />}
      {answer && <span class="number">{size(shown.size)}</span>}
      {answer && <span class="number dim">{duration(answer.total)}</span>}
      <button type="button" class="button small" onClick={edit}>
        Edit
      </button>
    </div>
  );
}

function Content({ shown }: { shown: Shown }) {
  const { answer, target, operation, referrers } = shown;
  if (!answer) return <Missing target={target} reason={shown.failed ?? "No answer came."} />;
  const manifest = readManifest(answer.body, header(answer.headers, "content-type"));
  const isFine = answer.status >= 200 && answer.status < 300;
  const tabs: Tab<TabId>[] = [
    { id: "view", label: names[operation] ?? "Answer" },
    { id: "raw", label: manifest ? "Raw JSON" : "Bytes" },
    { id: "headers", label: "Headers", count: answer.headers.length },
  ];
  if (operation === "manifest.get" && isFine)
    tabs.push({ id: "referrers", label: "Referrers", count: referrers.length });
  const selected = tabs.some(({ id }) => id === tab.value) ? tab.value : "view";
  return (
    <>
      <Tabs name="object" label="Views" tabs={tabs} selected={selected} onSelect={(id) => (tab.value = id)} />
      <Panel name="object" id={selected}>
        {selected === "headers" && <Headers headers={answer.headers} target={target} />}
        {selected === "raw" && <Body bytes={answer.body} target={target} of={shown.size} />}
        {selected === "referrers" && <Referrers list={referrers} target={target} />}
        {selected === "view" && (isFine ? <View shown={shown} /> : <Missing target={target} answer={answer} />)}
      </Panel>
    </>
  );
}

const names: Record<string, string> = {
  "manifest.get": "Manifest",
  "blob.get": "Blob",
  "tags.list": "Tags",
  "referrers.list": "Referrers",
  "upload.status": "Upload",
};

function View({ shown }: { shown: Shown }) {
  const { operation, target } = shown;
  const answer = shown.answer!;
  const manifest = readManifest(answer.body, header(answer.headers, "content-type"));
  if (operation === "manifest.get" && manifest?.kind === "index")
    return <IndexView shown={shown} manifest={manifest} />;
  if (operation === "manifest.get" && manifest) return <ImageView shown={shown} manifest={manifest} />;
  if (operation === "referrers.list" && manifest) return <Referrers list={manifest.manifests} target={target} />;
  if (operation === "blob.get") return <BlobView shown={shown} />;
  if (operation === "tags.list") return <TagsView shown={shown} />;
  if (operation === "upload.status") return <UploadView shown={shown} />;
  return <Body bytes={answer.body} target={target} />;
}
