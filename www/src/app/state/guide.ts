// The scenario that is walked through.

import { computed, signal } from "@preact/signals";

import { type Kept, type Scenario, type Step, keptAfter, stepRequest, surprises } from "../../shared/scenario.js";
import { scenarios } from "../../shared/scenarios.js";
import { duration } from "../../shared/format.js";
import { statusLine } from "../../shared/http.js";
import { fill } from "./draft.js";
import { admin, connection, mount, words } from "./registry.js";
import { exchange, send } from "./send.js";
import { phoneTab, rail, say, showRequest, write } from "./view.js";

export interface Outcome {
  status: number;
  /** What was other than expected; none: all is well. */
  surprises: string[];
}

export interface Walk {
  id: string;
  /** The step that comes next. */
  at: number;
  kept: Kept;
  outcomes: readonly Outcome[];
}

export const walk = signal<Walk | undefined>(undefined);
export const isRunning = signal(false);
/** Which scenarios went through to their end. */
export const finished = signal<ReadonlySet<string>>(new Set());

export const scenario = computed<Scenario | undefined>(() => scenarios.find(({ id }) => id === walk.value?.id));

/** There is a step to run, and it is in sight. */
export const isWalking = computed(
  () => rail.value === "guide" && (walk.value?.at ?? Infinity) < (scenario.value?.steps.length ?? 0),
);

/** Opens a scenario at its first step, or at the one that a link names; nothing runs. */
export function start(id: string, at = 0): boolean {
  const found = scenarios.find((one) => one.id === id);
  if (!found) return false;
  walk.value = { id, at: Math.min(at, found.steps.length), kept: {}, outcomes: [] };
  rail.value = "guide";
  phoneTab.value = "guides";
  void write({ kind: "scenario", id, step: walk.peek()!.at });
  return true;
}

/** Shows the next step's request in the builder, to be changed and sent by hand. */
export function editStep(): void {
  const [now, step] = next();
  if (!now || !step) return;
  fill(stepRequest(step, now.kept, mount.peek()), via(step));
  exchange.value = { state: "none" };
  showRequest();
}

/** Runs the next step. */
export async function runStep(): Promise<boolean> {
  const [now, step] = next();
  if (!now || !step || isRunning.peek()) return false;
  isRunning.value = true;
  try {
    if (now.at === 0 && scenario.peek()?.seed === "demo") await admin("seed", { seeds: "demo" });
    if (step.set?.settings) await admin("settings", { change: step.set.settings });
    if (step.set?.faults) await admin("faults", { rules: [...step.set.faults] });
    const request = stepRequest(step, now.kept, mount.peek());
    const way = via(step);
    fill(request, way);
    const answer = await send(request, way);
    const outcome = { status: answer.status, surprises: surprises(step, answer, now.kept) };
    exchange.value = { state: "answered", request, via: way, answer };
    const isMoved = walk.peek()?.id !== now.id;
    if (!isMoved) advance(now, outcome, keptAfter(step, answer, now.kept));
    say(`${statusLine(answer.status)}, ${duration(answer.total)}. ${outcome.surprises.length ? "Not" : "As"} expected`);
    return outcome.surprises.length === 0;
  } catch (error) {
    const reason = `No answer: ${words(error).message}. Run the step again.`;
    exchange.value = { state: "refused", reason };
    say(reason);
    return false;
  } finally {
    isRunning.value = false;
    // On a phone one stays with the steps.
    const tab = phoneTab.peek();
    showRequest();
    phoneTab.value = tab;
  }
}

function advance(now: Walk, outcome: Outcome, kept: Kept): void {
  const outcomes = [...now.outcomes];
  outcomes[now.at] = outcome;
  const at = now.at + 1;
  walk.value = { ...now, at, kept, outcomes };
  void write({ kind: "scenario", id: now.id, step: at }, true);
  const steps = scenario.peek()?.steps.length ?? 0;
  const isGood =
    steps > 0 && Array.from({ length: steps }, (_, i) => outcomes[i]?.surprises.length === 0).every(Boolean);
  if (at === steps && isGood) finished.value = new Set(finished.peek()).add(now.id);
}

/** Runs what is left, until something is other than expected. */
export async function runAll(): Promise<void> {
  const id = walk.peek()?.id;
  while (walk.peek()?.id === id && next()[1]) {
    if (!(await runStep())) return;
  }
}

function next(): [Walk | undefined, Step | undefined] {
  const now = walk.peek();
  return [now, now && scenario.peek()?.steps[now.at]];
}

function via(step: Step): "fetch" | "direct" {
  const can = connection.peek()?.transports ?? [];
  return step.direct || !can.includes("fetch") ? "direct" : "fetch";
}

/** Which scenarios speak of a repository. */
export function scenariosAbout(repository: string): Scenario[] {
  if (repository === "") return [];
  return scenarios
    .filter(({ steps }) => steps.some(({ req }) => req.target.startsWith(`/v2/${repository}/`)))
    .slice(0, 3);
}
