// An answer as it comes, and the table's words for it.

import { strictEqual } from "node:assert";

import { STEP, isAnswer } from "./rows.mjs";

/** After how many quiet times an answer counts as one that does not come. */
const PATIENCE = 20;

/** How often the other side has its turn in a quiet time: where all of it is slow, that is longer. */
const TURNS = 3;

/** An answer, as far as it has come. */
export class Seen {
  head = undefined;
  body = Buffer.alloc(0);
  /** What had come when nothing did before the clock was moved. */
  pauses = [];
  end = "not";
  changes = 0;

  change(act) {
    act();
    this.changes += 1;
  }

  get isWhole() {
    return this.head !== undefined && this.body.length >= Number(this.head.headers.get("content-length"));
  }

  /** Moves the clock where the answer waits for it and nothing comes for `quiet` milliseconds of the system. */
  async watch(clock, quiet = 50) {
    for (let vain = 0; this.end === "not" && vain < PATIENCE; vain++) {
      const { changes } = this;
      // What waits from the start has sent before what comes until the end.
      const waiting = await clock.waiting();
      for (let turn = 0; turn < TURNS; turn++) {
        await new Promise((resolve) => setTimeout(resolve, quiet / TURNS));
        await clock.waiting();
      }
      if (changes !== this.changes) vain = 0;
      else if (waiting > 0) {
        this.pauses.push({ hasHead: this.head !== undefined, body: this.body.length });
        await clock.advance(STEP);
        vain = 0;
      }
    }
  }

  /** In the words of the table. */
  told(name, whole) {
    const { head, body, pauses, end } = this;
    if (end === "not") return head ? `silence after ${at(body)} bytes` : "no answer";
    if (end === "RST") return head ? `RST after ${at(body)} bytes` : "RST";
    if (end === "close") return `close after ${at(body)} bytes`;
    if (end !== "whole") return head ? `stream error after ${at(body)} bytes` : end;
    const [first] = pauses;
    if (!first) return isAnswer(name, { ...head, text: body.toString() }) ? "the answer" : `${body}`;
    strictEqual(body.length, whole);
    if (!first.hasHead) return pauses.length === 1 ? "late" : `${pauses.length} pauses`;
    if (first.body === whole - 1) return "last byte late";
    return first.body === 0 ? "slow" : "pauses between pieces";
  }
}

const at = (body) => (body.toString() === "hello" ? "`at`" : `${body.length}`);
