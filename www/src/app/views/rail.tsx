// The rail: the guide, the faults, who may ask and how the registry behaves.

import { Icon } from "../parts/icon.js";
import { Splitter } from "../parts/splitter.js";
import { Panel, Tabs } from "../parts/tabs.js";
import { isBrowser, status } from "../state/registry.js";
import { railWidth } from "../state/settings.js";
import { type RailTab, isAlone, phoneTab, rail, roleOf } from "../state/view.js";
import { Access } from "./access.js";
import { Faults } from "./faults.js";
import { Guide } from "./guide.js";

export function Rail() {
  const selected: RailTab = rail.value ?? "guide";
  const faults = status.value?.faults.length ?? 0;
  const tabs = [
    { id: "guide" as const, label: "Guide" },
    { id: "faults" as const, label: "Faults", count: faults },
    { id: "access" as const, label: "Behaviour" },
  ];
  return (
    <div class="rail" role={roleOf("guides", "complementary")} aria-label="Guide and settings">
      {isAlone("guides") && <h1 class="hidden">Guides</h1>}
      <Splitter size={railWidth} label="Width of the rail" axis="x" isAfter min={260} max={520} />
      <div class="rail-bar">
        <Tabs name="rail" label="Rail" tabs={tabs} selected={selected} onSelect={(id) => (rail.value = id)} />
        <button
          type="button"
          class="bare rail-close"
          aria-label="Close the rail"
          onClick={() => {
            rail.value = undefined;
            phoneTab.value = "centre";
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <Panel name="rail" id={selected}>
        {selected === "guide" && <Guide />}
        {selected !== "guide" && !isBrowser.value && (
          <p class="dim note">
            The server&rsquo;s registry is only looked at from here. Its faults and settings are the business of who
            started it: <code>registrette serve --help</code>. Switch to <i>In this browser</i> to try them here.
          </p>
        )}
        {selected === "faults" && isBrowser.value && <Faults />}
        {selected === "access" && isBrowser.value && <Access />}
      </Panel>
    </div>
  );
}
