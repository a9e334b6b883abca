// The scenario that is walked through: why, which request, what is expected, and what came.

import { shortcut } from "../state/keys.js";
import { editStep, isRunning, runAll, runStep, scenario, start, walk } from "../state/guide.js";
import type { Step } from "../../shared/scenario.js";
import { stepRequest } from "../../shared/scenario.js";
import { mount } from "../state/registry.js";
import { Icon } from "../parts/icon.js";
import { Method } from "../parts/words.js";
import { ScenarioList } from "./scenario-list.js";

export function Guide() {
  const now = walk.value;
  const what = scenario.value;
  if (!now || !what) return <ScenarioList />;
  const isDone = now.at >= what.steps.length;
  return (
    <div class="guide">
      <div class="guide-head">
        <h2>{what.title}</h2>
        <span class="count">
          {Math.min(now.at + 1, what.steps.length)} / {what.steps.length}
        </span>
      </div>
      <p class="dim">{what.about}</p>
      <ol class="steps">
        {what.steps.map((step, i) => (
          <StepRow key={i} step={step} index={i} />
        ))}
      </ol>
      {isDone && <p class="note good">That was the last step.</p>}
      <div class="row guide-foot">
        <button type="button" class="button" disabled={isDone || isRunning.value} onClick={() => void runAll()}>
          Run all
        </button>
        <button type="button" class="button" disabled={isRunning.value} onClick={() => start(now.id)}>
          Restart
        </button>
        <button type="button" class="bare" onClick={() => (walk.value = undefined)}>
          All scenarios
        </button>
      </div>
    </div>
  );
}

function StepRow({ step, index }: { step: Step; index: number }) {
  const now = walk.value!;
  const outcome = now.outcomes[index];
  const isNext = index === now.at;
  const isGood = outcome?.surprises.length === 0;
  const request = stepRequest(step, now.kept, mount.value);
  return (
    <li
      class={isNext ? "next" : outcome ? (isGood ? "good-step" : "bad-step") : "later"}
      aria-current={isNext ? "step" : undefined}
    >
      <span class="step-mark">
        {outcome ? (
          <>
            <Icon name={isGood ? "done" : "close"} />
            <span class="hidden">{isGood ? "as expected" : "not as expected"}</span>
          </>
        ) : (
          index + 1
        )}
      </span>
      <div class="step">
        <p>{step.say}</p>
        {(isNext || outcome) && (
          <p class="step-request">
            <Method method={request.method} /> <code>{request.target}</code>
          </p>
        )}
        {isNext &&
          request.headers.map(([name, value]) => (
            <p class="step-request dim" key={name}>
              <code>
                {name}: {value}
              </code>
            </p>
          ))}
        <p class="dim">
          {outcome ? `answered ${outcome.status}` : `expects ${step.expect.status}`}
          {outcome && !isGood && `: ${outcome.surprises.join("; ")}`}
        </p>
        {isNext && (
          <div class="row">
            <button type="button" class="button" onClick={editStep}>
              Edit
            </button>
            <button type="button" class="button primary" disabled={isRunning.value} onClick={() => void runStep()}>
              Run <kbd>{shortcut("Enter")}</kbd>
            </button>
          </div>
        )}
      </div>
    </li>
  );
}
