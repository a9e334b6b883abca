// Coming back to a state, with a thousand images in it.

import { createRegistry } from "registrette";

import { timed } from "./measure.mjs";

const IMAGES = 1000;
const TIMES = 300;

const images = Array.from({ length: IMAGES }, (_, i) => ({
  ref: `bench/repository${i % 50}:v${i}`,
  image: { files: { "number.txt": String(i) } },
}));

let full;

export async function states() {
  full ??= await createRegistry({ seed: images });
  const write = async () => {
    const answer = await full.fetch("/v2/bench/repository0/blobs/uploads/", { method: "POST" });
    if (answer.status !== 202) throw new Error(`an upload was answered ${answer.status}`);
  };
  /** The time of one call, each after a write that it is to undo or to share. */
  const after = (call) => async () => {
    const took = [];
    for (let i = 0; i < TIMES; i++) {
      await write();
      took.push(await timed(1, call));
    }
    return took.sort((a, b) => a - b)[TIMES >> 1];
  };
  const kept = full.snapshot();
  const figure = (name, call) => ({ name: `${name} with 1,000 images`, unit: "ms", most: 0.1, round: after(call) });
  return [
    figure("snapshot()", () => full.snapshot()),
    figure("restore()", () => full.restore(kept)),
    figure("reset()", () => full.reset()),
    figure("fork()", () => full.fork()),
  ];
}
