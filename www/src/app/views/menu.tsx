// What is rarely wanted.

import { connection, isBrowser } from "../state/registry.js";
import { dialog, rail } from "../state/view.js";
import { setTheme, theme } from "../state/settings.js";
import { switchMode } from "../state/actions.js";

export function Menu() {
  const close = (event: MouseEvent) => (event.currentTarget as HTMLElement).hidePopover();
  const modes = connection.value?.modes ?? [];
  const item = (label: string, act: () => void, isDanger = false) => (
    <button type="button" class={`item ${isDanger ? "danger-text" : ""}`} onClick={act}>
      {label}
    </button>
  );
  return (
    <div popover="auto" id="menu" class="popover menu" onClick={close}>
      {modes.length > 1 && (
        <>
          <span class="menu-title">Where the registry is</span>
          {modes.map((mode) => (
            <button
              type="button"
              key={mode}
              class="item"
              aria-pressed={connection.value?.mode === mode}
              onClick={() => void switchMode(mode)}
            >
              {mode === "browser" ? "In this browser" : "This server"}
            </button>
          ))}
          <hr />
        </>
      )}
      {item("Search or run", () => (dialog.value = "palette"))}
      {item("Use it from elsewhere", () => (dialog.value = "outside"))}
      {isBrowser.value && item("Who may ask, and how it behaves", () => (rail.value = "access"))}
      {item("Keys", () => (dialog.value = "keys"))}
      <hr />
      <span class="menu-title">Theme</span>
      {(["system", "light", "dark"] as const).map((one) => (
        <button type="button" key={one} class="item" aria-pressed={theme.value === one} onClick={() => setTheme(one)}>
          {{ system: "As the system", light: "Light", dark: "Dark" }[one]}
        </button>
      ))}
      {isBrowser.value && (
        <>
          <hr />
          {item("Reset the registry", () => (dialog.value = "reset"), true)}
        </>
      )}
    </div>
  );
}
