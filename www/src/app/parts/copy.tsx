// A button that copies, and answers in its place.

import { useState } from "preact/hooks";

import { say } from "../state/view.js";
import { Icon } from "./icon.js";

interface Props {
  text: string | (() => string);
  /** What it copies, for those who hear it. */
  what: string;
  label?: string;
}

export function Copy({ text, what, label }: Props) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
    } catch {
      say(`The browser did not let the ${what} be copied`);
      return;
    }
    say("Copied");
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" class={label ? "button" : "bare"} aria-label={`Copy ${what}`} onClick={() => void copy()}>
      <Icon name={isDone ? "done" : "copy"} />
      {label && <span>{isDone ? "Copied" : label}</span>}
    </button>
  );
}
