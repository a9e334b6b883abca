// Keys: chords always, single keys only where no field has the focus.

import { sendDraft } from "./send.js";
import { dialog, leftTab, phoneTab, view } from "./view.js";
import { isWalking, runStep } from "./guide.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** A chord as this system writes it. */
export const shortcut = (key: string): string => (isMac ? `⌘${key}` : `Ctrl ${key}`);

export const KEYS: readonly [keys: string, what: string][] = [
  [shortcut("K"), "Search or run: repositories, tags, scenarios, actions"],
  [shortcut("Enter"), "Send the request; in the guide, run the step"],
  ["/", "Filter the contents, or the log if it has the focus"],
  ["?", "This list"],
  ["Arrows", "Move in the tree, the log, and between tabs"],
  ["Enter", "Open what is chosen"],
  ["Escape", "Close a dialog, or the details of a row"],
];

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select");
}

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const isChord = event.ctrlKey || event.metaKey;
    if (isChord && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog.value = dialog.peek() === "palette" ? undefined : "palette";
    } else if (isChord && event.key === "Enter" && dialog.peek() === undefined) {
      event.preventDefault();
      const isInBuilder = event.target instanceof HTMLElement && event.target.closest(".builder") !== null;
      if (isWalking.peek() && !isInBuilder) void runStep();
      else if (view.peek().kind === "request") void sendDraft();
    } else if (!isChord && !event.altKey && dialog.peek() === undefined && !isField(event.target)) {
      single(event);
    }
  });
}

function single(event: KeyboardEvent): void {
  if (event.key === "?") {
    event.preventDefault();
    dialog.value = "keys";
  } else if (event.key === "/") {
    event.preventDefault();
    const isInLog = event.target instanceof HTMLElement && event.target.closest(".dock") !== null;
    if (!isInLog) {
      leftTab.value = "contents";
      if (phoneTab.peek() !== "log") phoneTab.value = "contents";
    }
    const place = isInLog || phoneTab.peek() === "log" ? ".dock" : ".left";
    const hasFocus = () => {
      const field = document.querySelector<HTMLElement>(`${place} input[type=search]`);
      field?.focus();
      return field !== null && document.activeElement === field;
    };
    // Before the next key comes, so that none is lost: at once, or when what was just changed is drawn.
    if (!hasFocus()) queueMicrotask(hasFocus);
  }
}
