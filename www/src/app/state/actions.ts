// What buttons do.

import { signal } from "@preact/signals";

import type { Mode } from "../../shared/connection.js";
import type { FaultRule, Settings } from "../../shared/protocol.js";
import { refresh } from "./contents.js";
import { start } from "./guide.js";
import { admin, connection, refreshStatus, words } from "./registry.js";
import { dialog, goHome, notice, open, say } from "./view.js";

export const isSeeding = signal(false);
/** Until when a reset can be undone. */
export const undoUntil = signal(0);

/** Does something; when that fails, says why. */
async function attempt(what: () => Promise<void>): Promise<boolean> {
  try {
    await what();
    return true;
  } catch (error) {
    notice.value = words(error);
    say(words(error).message);
    return false;
  }
}

export async function loadDemo(): Promise<void> {
  isSeeding.value = true;
  await attempt(async () => {
    await admin("seed", { seeds: "demo" });
    await Promise.all([refresh(), refreshStatus()]);
    say("The demo images are there");
  });
  isSeeding.value = false;
}

export const startPushGuide = (): boolean => start("push");

export async function reset(): Promise<void> {
  dialog.value = undefined;
  await attempt(async () => {
    const { undoUntil: until } = await admin("reset", {});
    undoUntil.value = until ?? 0;
    await Promise.all([refresh(), refreshStatus()]);
    goHome();
    say("The registry is empty. Undo brings back what was there.");
  });
}

export async function undo(): Promise<void> {
  await attempt(async () => {
    await admin("undo", {});
    undoUntil.value = 0;
    await Promise.all([refresh(), refreshStatus()]);
    say("What was there is there again");
  });
}

export const setFaults = (rules: FaultRule[]): Promise<boolean> =>
  attempt(async () => {
    await admin("faults", { rules });
    await refreshStatus();
  });

export const change = (settings: Partial<Settings>): Promise<boolean> =>
  attempt(async () => {
    await admin("settings", { change: settings });
    await refreshStatus();
  });

export async function switchMode(mode: Mode): Promise<void> {
  await attempt(async () => {
    await connection.peek()?.switchTo(mode);
  });
}

export async function update(): Promise<void> {
  await attempt(async () => {
    await admin("skipWaiting", {});
  });
}

export async function quarantine(what: "download" | "forget"): Promise<void> {
  await attempt(async () => {
    const reply = await admin("quarantine", { do: what });
    if ("file" in reply) download(reply.name, reply.file);
    await refreshStatus();
  });
}

export async function exportAll(): Promise<void> {
  await attempt(async () => {
    const { name, file } = await admin("export", {});
    download(name, file);
  });
}

function download(name: string, file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const openRepository = (target: string): void => {
  dialog.value = undefined;
  open(target);
};
