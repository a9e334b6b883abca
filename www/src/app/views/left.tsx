// The left pane: contents, and the scenarios to choose from.

import { Panel, Tabs } from "../parts/tabs.js";
import { repositories, treeFilter } from "../state/contents.js";
import { leftTab } from "../state/view.js";
import { ScenarioList } from "./scenario-list.js";
import { Tree } from "./tree.js";

const TABS = [
  { id: "contents", label: "Contents" },
  { id: "scenarios", label: "Scenarios" },
] as const;

export function Left() {
  const tab = leftTab.value;
  return (
    <nav class="left" aria-label="Contents and scenarios">
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
    </nav>
  );
}
