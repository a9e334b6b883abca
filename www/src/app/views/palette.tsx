// The palette: everything by its name.

import { useRef, useState } from "preact/hooks";

import { scenarios } from "../../shared/scenarios.js";
import { Modal } from "../parts/dialog.js";
import { loadDemo, switchMode } from "../state/actions.js";
import { repositories } from "../state/contents.js";
import { start } from "../state/guide.js";
import { clear } from "../state/log.js";
import { connection, isBrowser, v2 } from "../state/registry.js";
import { setTheme } from "../state/settings.js";
import { dialog, goHome, open, phoneTab, rail, showRequest } from "../state/view.js";

interface Item {
  label: string;
  kind: string;
  act(): void;
}

function items(): Item[] {
  const actions: Item[] = [
    { label: "Write a request", kind: "action", act: showRequest },
    { label: "Home", kind: "action", act: goHome },
    { label: "Set a fault", kind: "action", act: () => (rail.value = "faults") },
    { label: "Who may ask, and how it behaves", kind: "action", act: () => (rail.value = "access") },
    { label: "Share a link", kind: "action", act: () => (dialog.value = "share") },
    { label: "Use it from elsewhere", kind: "action", act: () => (dialog.value = "outside") },
    { label: "Clear the log", kind: "action", act: clear },
    { label: "Keys", kind: "action", act: () => (dialog.value = "keys") },
    { label: "Theme: light", kind: "action", act: () => setTheme("light") },
    { label: "Theme: dark", kind: "action", act: () => setTheme("dark") },
    { label: "Theme: as the system", kind: "action", act: () => setTheme("system") },
  ];
  if (isBrowser.value) {
    actions.push({ label: "Load the demo images", kind: "action", act: () => void loadDemo() });
    actions.push({ label: "Reset the registry", kind: "action", act: () => (dialog.value = "reset") });
  }
  for (const mode of connection.value?.modes ?? []) {
    if (mode === connection.value?.mode) continue;
    const label = mode === "browser" ? "Switch to: in this browser" : "Switch to: this server";
    actions.push({ label, kind: "action", act: () => void switchMode(mode) });
  }
  const guides = scenarios.map(({ id, title }) => ({ label: title, kind: "scenario", act: () => start(id) }));
  const contents = (repositories.value ?? []).flatMap(({ name, tags }) => [
    { label: name, kind: "repository", act: () => open(v2(`${name}/tags/list`)) },
    ...tags.map((tag) => ({
      label: `${name}:${tag.name}`,
      kind: "tag",
      act: () => open(v2(`${name}/manifests/${tag.name}`)),
    })),
  ]);
  return [...contents, ...guides, ...actions];
}

const MOST = 50;

export function Palette() {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = items()
    .filter(({ label, kind }) => words.every((word) => `${label} ${kind}`.toLowerCase().includes(word)))
    .slice(0, MOST);
  const chosen = fitting[Math.min(at, fitting.length - 1)];
  const run = (item: Item | undefined) => {
    if (!item) return;
    dialog.value = undefined;
    phoneTab.value = item.kind === "scenario" ? "guides" : "centre";
    item.act();
  };
  const key = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      run(chosen);
    }
    if (to === undefined) return;
    event.preventDefault();
    setAt((to + fitting.length) % Math.max(1, fitting.length));
    requestAnimationFrame(() =>
      list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }),
    );
  };
  return (
    <Modal title="Search or run" class="palette" isBare>
      <input
        class="wide"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-label="Search or run"
        aria-activedescendant={chosen ? `palette-${fitting.indexOf(chosen)}` : undefined}
        placeholder="A repository, a tag, a scenario, an action"
        value={text}
        autofocus
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={key}
      />
      <ul id="palette-list" role="listbox" aria-label="What fits" ref={list} tabIndex={-1}>
        {fitting.map((item, i) => (
          <li
            key={`${item.kind} ${item.label}`}
            id={`palette-${i}`}
            role="option"
            aria-selected={item === chosen}
            onClick={() => run(item)}
          >
            <span>{item.label}</span>
            <span class="dim">{item.kind}</span>
          </li>
        ))}
      </ul>
      {fitting.length === 0 && <p class="dim note">Nothing has these words.</p>}
    </Modal>
  );
}
