// The page: header, tree, centre, rail, log.

import { entries } from "../state/log.js";
import { Icon, type IconName } from "../parts/icon.js";
import { trouble } from "../state/registry.js";
import { isLogOpen, logHeight, railWidth, treeWidth } from "../state/settings.js";
import { type PhoneTab, isTreeOpen, phoneTab, rail, said, view } from "../state/view.js";
import { Dialogs } from "./dialogs.js";
import { Header } from "./header.js";
import { Home } from "./home.js";
import { Left } from "./left.js";
import { Log } from "./log.js";
import { ObjectView } from "./object.js";
import { Rail } from "./rail.js";
import { RequestView } from "./request.js";
import { Strips } from "./strips.js";

export function App() {
  const now = view.value;
  const sizes = {
    "--tree": `${treeWidth.value}px`,
    "--rail": `${railWidth.value}px`,
    "--log": isLogOpen.value ? `${logHeight.value}px` : "36px",
  };
  return (
    <div
      class="app"
      data-tab={phoneTab.value}
      data-rail={rail.value ? "open" : "shut"}
      data-tree={isTreeOpen.value ? "open" : "shut"}
      style={sizes}
    >
      <Header />
      <Strips />
      <div class="work">
        <Left />
        <main class="centre">
          {trouble.value ? (
            <Trouble />
          ) : now.kind === "home" ? (
            <Home />
          ) : now.kind === "object" ? (
            <ObjectView target={now.target} />
          ) : (
            <RequestView />
          )}
        </main>
        <Rail />
      </div>
      <Log />
      <PhoneTabs />
      <Dialogs />
      <div class="hidden" role="status" aria-live="polite">
        {said.value}
      </div>
      <div class="curtain" onClick={() => (isTreeOpen.value = false)} />
    </div>
  );
}

function Trouble() {
  return (
    <div class="pane home">
      <h1>The registry could not be started</h1>
      <p class="warn">{trouble.value?.message}</p>
      <p>{trouble.value?.hint}</p>
      <div class="row">
        <button type="button" class="button primary" onClick={() => location.reload()}>
          Try again
        </button>
      </div>
    </div>
  );
}

const TABS: [PhoneTab, string, IconName][] = [
  ["contents", "Contents", "tree"],
  ["centre", "Request", "request"],
  ["log", "Log", "log"],
  ["guides", "Guides", "guide"],
];

function PhoneTabs() {
  return (
    <nav class="phone-tabs" aria-label="Panes">
      {TABS.map(([id, label, icon]) => (
        <button
          type="button"
          key={id}
          aria-current={phoneTab.value === id ? "page" : undefined}
          onClick={() => {
            if (id === "guides") rail.value ??= "guide";
            if (id === "centre" && phoneTab.peek() === "centre") view.value = { kind: "request" };
            phoneTab.value = id;
          }}
        >
          <Icon name={icon} />
          {label}
          {id === "log" && entries.value.length > 0 && <span class="count">{entries.value.length}</span>}
        </button>
      ))}
    </nav>
  );
}
