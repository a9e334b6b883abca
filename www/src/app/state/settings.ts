// What a visitor chose, kept in this browser. Where storage is denied it holds until the page is closed.

import { effect, signal, type Signal } from "@preact/signals";

/** A signal that is kept under a name. What is kept and does not fit is forgotten. */
export function kept<T>(name: string, first: T, fits: (value: unknown) => value is T): Signal<T> {
  const key = `registrette:${name}`;
  let start = first;
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (fits(value)) start = value;
  } catch {
    // Denied, or written by somebody else.
  }
  const held = signal(start);
  let isFirst = true;
  effect(() => {
    const value = held.value;
    if (isFirst) {
      isFirst = false;
      return;
    }
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Denied or full: it holds until the page is closed.
    }
  });
  return held;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isString = (value: unknown): value is string => typeof value === "string";

export type Theme = "system" | "light" | "dark";

export const theme = signal<Theme>(readTheme());
export const treeWidth = kept("tree", 264, isNumber);
export const railWidth = kept("rail", 320, isNumber);
export const logHeight = kept("log", 240, isNumber);
export const isLogOpen = kept("log-open", true, isBoolean);
/** The tool whose line is shown. */
export const tool = kept("tool", "curl", isString);
/** JSON with line breaks of our own, or as it is. */
export const isLaidOut = kept("laid-out", true, isBoolean);

function readTheme(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** The word that `theme.ts` reads before the first paint. */
export function setTheme(next: Theme): void {
  theme.value = next;
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  try {
    if (next === "system") localStorage.removeItem("registrette:theme");
    else localStorage.setItem("registrette:theme", next);
  } catch {
    // Denied: it holds until the page is closed.
  }
}
