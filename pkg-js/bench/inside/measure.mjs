// Rounds of all figures, and the table of their medians.

import { browser } from "./browser.mjs";
import { fetches } from "./fetches.mjs";
import { growth } from "./growth.mjs";
import { memory } from "./memory.mjs";
import { starts } from "./starts.mjs";
import { states } from "./states.mjs";
import { suite } from "./suite.mjs";

/**
 * A figure: its name, its unit, the most it may be (`at most`) where there is a goal, and what one round of it gives.
 * A round gives a number, or words on why there is none.
 * @typedef {{ name: string, unit: string, most?: number, round: () => Promise<number | string> }} Figure
 */

const groups = [starts, states, fetches, growth, suite, memory, browser];

export async function measure(rounds) {
  const values = new Map();
  for (let round = 1; round <= rounds; round++) {
    for (const group of groups) {
      for (const figure of await group()) {
        const value = await figure.round();
        if (!values.has(figure.name)) values.set(figure.name, { figure, list: [] });
        values.get(figure.name).list.push(value);
        process.stderr.write(`[${round}] ${figure.name}: ${shown(value)} ${figure.unit}\n`);
      }
    }
  }
  console.log(`\nNode ${process.versions.node}, ${rounds} rounds, medians\n`);
  console.log("| figure | unit | median | least | most | goal | met |\n|---|---|--:|--:|--:|--:|---|");
  for (const { figure, list } of values.values()) {
    const words = list.find((value) => typeof value === "string");
    if (words !== undefined) {
      console.log(`| ${figure.name} | ${figure.unit} | – | – | – | | not measured: ${words} |`);
      continue;
    }
    const sorted = list.toSorted((a, b) => a - b);
    const middle = sorted[sorted.length >> 1];
    const goal = figure.most === undefined ? "" : `≤ ${figure.most}`;
    const met = figure.most === undefined ? "" : middle <= figure.most ? "yes" : "NO";
    const cells = [figure.name, figure.unit, shown(middle), shown(sorted[0]), shown(sorted.at(-1)), goal, met];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

const shown = (value) => (typeof value === "number" ? String(Number(value.toPrecision(3))) : value);

/** The median time of one call, in milliseconds. */
export async function timed(times, call) {
  const took = [];
  for (let i = 0; i < times; i++) {
    const before = performance.now();
    await call(i);
    took.push(performance.now() - before);
  }
  return took.sort((a, b) => a - b)[times >> 1];
}
