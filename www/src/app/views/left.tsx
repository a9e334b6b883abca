// The left pane: contents, and the scenarios to choose from.

import { Splitter } from "../parts/splitter.js";
import { Panel, Tabs } from "../parts/tabs.js";
import { repositories, treeFilter } from "../state/contents.js";
import { treeWidth } from "../state/settings.js";
import { isAlone, leftTab, roleOf } from "../state/view.js";
import { ScenarioList } from "./scenario-list.js";
import { Tree } from "./tree.js";

const TABS = [
  { id: "contents", label: "Contents" },
  { id: "scenarios", label: "Scenarios" },
] as const;

export function Left() {
  const tab = leftTab.value;
  return (
    <div class="left" role={roleOf("contents", "navigation")} aria-label="Contents and scenarios">
      {isAlone("contents") && <h1 class="hidden">Contents</h1>}
      <Splitter size={treeWidth} label="Width of the contents" axis="x" min={180} max={480} />
      <Tabs name="left" label="Left pane" tabs={TABS} selected={tab} onSelect={(id) => (leftTab.value = id)} />
      {tab === "contents" ? (
        <Panel name="left" id="contents">
          <label class="filter">
            <span class="hidden">Filter repositories and tags</span>
            <input
              type="search"
              placeholder="Filter"
              value={treeFilter.value}
              disabled={repositories.value?.length === 0}
              onInput={(event) => (treeFilter.value = event.currentTarget.value)}
            />
          </label>
          <Tree />
        </Panel>
      ) : (
        <Panel name="left" id="scenarios">
          <ScenarioList />
        </Panel>
      )}
    </div>
  );
}
