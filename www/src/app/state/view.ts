// What is shown where: the centre, the rail, the dialogs, the tab of a phone. The centre stands in the link's hash.

import { signal } from "@preact/signals";

import { fromHash, type Shared, toHash } from "../../shared/share.js";

export type View = { kind: "home" } | { kind: "object"; target: string } | { kind: "request" };

export const view = signal<View>({ kind: "home" });
/** Grows when the same view is asked for again. */
export const visit = signal(0);

export type RailTab = "guide" | "faults" | "access";
export const rail = signal<RailTab | undefined>(undefined);

export type PhoneTab = "contents" | "centre" | "log" | "guides";
export const phoneTab = signal<PhoneTab>("centre");

const narrow = matchMedia("(max-width: 599px)");
const isPhone = signal(narrow.matches);
narrow.addEventListener("change", ({ matches }) => (isPhone.value = matches));

/** On a phone the one pane that is shown is what the page is about. */
export const isAlone = (tab: PhoneTab): boolean => isPhone.value && phoneTab.value === tab;

/** Its role: that, or the one that it has beside others. */
export const roleOf = <Role extends string>(tab: PhoneTab, usual: Role): Role | "main" =>
  isAlone(tab) ? "main" : usual;
export const leftTab = signal<"contents" | "scenarios">("contents");
/** Between phone and desk the tree is a drawer. */
export const isTreeOpen = signal(false);

export type Dialog = "palette" | "keys" | "share" | "outside" | "reset";
export const dialog = signal<Dialog | undefined>(undefined);

/** What the polite live region says. */
export const said = signal("");
/** Words that stay until they are closed. */
export const notice = signal<{ message: string; hint?: string } | undefined>(undefined);

export function say(text: string): void {
  // The same words twice are said twice.
  said.value = said.peek() === text ? `${text}\u00a0` : text;
}

/** Shows an object. */
export function open(target: string, replace = false): void {
  view.value = { kind: "object", target };
  visit.value++;
  phoneTab.value = "centre";
  isTreeOpen.value = false;
  void write({ kind: "object", target }, replace);
}

export function goHome(): void {
  view.value = { kind: "home" };
  phoneTab.value = "centre";
  void write({ kind: "home" });
}

export function showRequest(): void {
  view.value = { kind: "request" };
  phoneTab.value = "centre";
}

/** Puts what is shown into the address. */
export async function write(shared: Shared, replace = false): Promise<void> {
  const hash = await toHash(shared);
  if (hash === location.hash) return;
  const url = `${location.pathname}${location.search}${hash}`;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
}

/** Reads the address, now and whenever it changes. */
export function followAddress(show: (shared: Shared) => void): void {
  const read = async () => {
    const { hash } = location;
    const shared = await fromHash(hash);
    // Whoever has gone on meanwhile is not brought back.
    if (hash !== location.hash) return;
    if (shared) show(shared);
    else {
      notice.value = {
        message: "This link holds nothing that the playground can read.",
        hint: "Perhaps it was cut off when it was copied. Your registry is as it was.",
      };
    }
  };
  // A change of the hash alone tells both; `popstate` comes for all of them.
  addEventListener("popstate", () => void read());
  void read();
}
