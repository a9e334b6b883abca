// The header: which registry this is and how it is, and what is always at hand.

import { count, size } from "../../shared/format.js";
import { Icon } from "../parts/icon.js";
import { shortcut } from "../state/keys.js";
import { connection, isBrowser, isOnline, mount, status } from "../state/registry.js";
import { setTheme, theme } from "../state/settings.js";
import { dialog, goHome, isTreeOpen, rail } from "../state/view.js";
import { Menu } from "./menu.js";
import { StoragePopover, storageWord } from "./storage.js";

export function Header() {
  const next = ({ system: "light", light: "dark", dark: "system" } as const)[theme.value];
  const icon = ({ system: "auto", light: "sun", dark: "moon" } as const)[theme.value];
  const faults = status.value?.faults.length ?? 0;
  return (
    <header class="top">
      <button
        type="button"
        class="bare tree-toggle"
        aria-label="Contents"
        onClick={() => (isTreeOpen.value = !isTreeOpen.value)}
      >
        <Icon name="menu" />
      </button>
      <button type="button" class="brand" onClick={goHome}>
        <Icon name="mark" />
        <b>registrette</b>
      </button>
      <button type="button" class="state" popovertarget="storage">
        <StateLine />
      </button>
      <StoragePopover />
      <span class="space" />
      <button type="button" class="search" aria-label="Search or run" onClick={() => (dialog.value = "palette")}>
        <Icon name="search" />
        <span>Search or run</span>
        <kbd>{shortcut("K")}</kbd>
      </button>
      <button
        type="button"
        class={`bare faults-button ${faults > 0 ? "warn" : ""}`}
        aria-pressed={rail.value === "faults"}
        onClick={() => (rail.value = rail.value === "faults" ? undefined : "faults")}
      >
        Faults <span class="count">{faults}</span>
      </button>
      <button
        type="button"
        class="bare theme-button"
        aria-label={`Theme: ${theme.value}. Switch to ${next}`}
        onClick={() => setTheme(next)}
      >
        <Icon name={icon} />
      </button>
      <button type="button" class="bare" aria-label="Share a link" onClick={() => (dialog.value = "share")}>
        <Icon name="share" />
      </button>
      <button type="button" class="bare" aria-label="More actions" popovertarget="menu">
        <Icon name="more" />
      </button>
      <Menu />
    </header>
  );
}

function StateLine() {
  const now = status.value;
  if (!connection.value || !now) return <span class="dim">Connecting…</span>;
  const place = isBrowser.value ? "in this browser" : "of this server";
  const word = storageWord(now);
  return (
    <>
      <i class={`lamp ${isOnline.value ? word.tone : "bad"}`} />
      <span class="state-place">
        {mount.value}/v2/ {place}
      </span>
      <span class="state-more">{count(now.stats.repositories, "repo")}</span>
      <span class="state-more">{size(now.stats.bytes)}</span>
      <span class={`state-saved ${word.tone}`}>{isOnline.value ? word.text : "Server does not answer"}</span>
    </>
  );
}
