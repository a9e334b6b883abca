// The scenarios to choose from.

import { count } from "../../shared/format.js";
import { scenarios } from "../../shared/scenarios.js";
import { Icon } from "../parts/icon.js";
import { finished, start, walk } from "../state/guide.js";

export function ScenarioList() {
  return (
    <ol class="scenarios">
      {scenarios.map(({ id, title, steps }, i) => (
        <li key={id}>
          <button type="button" class="scenario" aria-current={walk.value?.id === id} onClick={() => start(id)}>
            <span class="step-mark">{finished.value.has(id) ? <Icon name="done" /> : i + 1}</span>
            <span>{title}</span>
            <span class="dim">{count(steps.length, "step")}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
