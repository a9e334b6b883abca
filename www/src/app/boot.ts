// Finds the registry, and keeps what is shown in step with it.

import { effect } from "@preact/signals";

import { connect } from "../client/connect.js";
import type { Shared } from "../shared/share.js";
import { undoUntil } from "./state/actions.js";
import { refresh } from "./state/contents.js";
import { draft, edit, fill } from "./state/draft.js";
import { start } from "./state/guide.js";
import { listenToKeys } from "./state/keys.js";
import { add, take } from "./state/log.js";
import {
  type Heard,
  admin,
  connection,
  hasUpdate,
  isOnline,
  refreshStatus,
  status,
  trouble,
  v2,
  words,
} from "./state/registry.js";
import { exchange } from "./state/send.js";
import { followAddress, notice, rail, showRequest, view, visit } from "./state/view.js";
import { askFirst } from "./views/home.js";

/** How soon after a change the tree is read again: many changes are one. */
const SOON = 80;

export async function boot(): Promise<void> {
  listenToKeys();
  // A wide screen has room for the guide.
  if (innerWidth >= 1280) rail.value ??= "guide";
  try {
    connection.value = await connect();
  } catch (error) {
    trouble.value = words(error);
    return;
  }
  const { transports } = connection.value;
  if (!transports.includes("fetch")) edit({ via: "direct" });
  edit({ target: v2("") });
  connection.value.listen(hear);
  await refreshStatus();
  effect(() => {
    undoUntil.value = status.value?.undoUntil ?? 0;
  });
  followAddress(show);
  await admin("log", {}).then(
    ({ entries }) => add(entries),
    () => {},
  );
  await Promise.all([refresh().catch((error: unknown) => (trouble.value = words(error))), askFirst().catch(() => {})]);
}

let timer = 0;

function later(): void {
  timer ||= window.setTimeout(() => {
    timer = 0;
    void refreshStatus();
    refresh().catch(() => {});
  }, SOON);
}

function hear(event: Heard): void {
  switch (event.kind) {
    case "call":
      take(event.entry);
      // A server tells of calls, and of nothing else.
      if (connection.peek()?.mode === "server" && /\.(put|delete|patch|mount|start)$/.test(event.entry.operation))
        later();
      break;
    case "changed":
    case "reconnected":
      later();
      break;
    case "status":
      void refreshStatus();
      break;
    case "update-ready":
      hasUpdate.value = true;
      break;
    case "online":
      if (event.online && !isOnline.peek()) later();
      isOnline.value = event.online;
      break;
  }
}

/** Shows what a link holds. Nothing of it is sent by itself but the reading of an object. */
function show(shared: Shared): void {
  if (shared.kind === "object") {
    view.value = { kind: "object", target: mounted(shared.target) };
    visit.value++;
  } else if (shared.kind === "request") {
    const can = connection.peek()?.transports ?? [];
    fill(
      { ...shared.request, target: mounted(shared.request.target) },
      can.includes(shared.via) ? shared.via : (can[0] ?? draft.peek().via),
    );
    exchange.value = { state: "none" };
    showRequest();
  } else if (shared.kind === "scenario") {
    if (!start(shared.id, shared.step)) {
      notice.value = { message: "This link names a scenario that is not here.", hint: "Choose one under Scenarios." };
    }
  } else view.value = { kind: "home" };
}

/** A target of a link, which may come from where the registry was mounted elsewhere. */
function mounted(target: string): string {
  return target.replace(/^(\/[\w.-]+)*?(?=\/v2\/)/, v2("").slice(0, -"/v2/".length));
}
