// An object that is not there: what was answered, and what could bring it.

import { parseTarget } from "../../shared/target.js";
import { Body } from "../parts/body.js";
import { loadDemo } from "../state/actions.js";
import { scenariosAbout, start } from "../state/guide.js";
import { repositories } from "../state/contents.js";
import { isBrowser } from "../state/registry.js";
import type { Answer } from "../state/send.js";
import { visit } from "../state/view.js";
import { Status } from "../parts/words.js";

export function Missing({ target, answer, reason }: { target: string; answer?: Answer; reason?: string }) {
  return (
    <>
      {answer ? (
        <p class="note">
          <Status status={answer.status} isLong />
        </p>
      ) : (
        <p class="note warn">{reason}</p>
      )}
      {answer?.status === 404 && <Setup target={target} />}
      {answer && <Body bytes={answer.body} target={target} empty="The answer has no body." />}
    </>
  );
}

/** What could have made the content that a link speaks of. Nothing of it runs by itself. */
export function Setup({ target }: { target: string }) {
  const { repository = "" } = parseTarget("GET", target);
  const isKnown = repositories.value?.some(({ name }) => name === repository) ?? true;
  if (!isBrowser.value || isKnown) return null;
  const scenarios = scenariosAbout(repository);
  const demo = async () => {
    await loadDemo();
    visit.value++;
  };
  return (
    <section class="setup" aria-label="Setup">
      <p>
        <b>{repository || "It"} is not in your registry.</b> Links hold a view, not its content. These steps may bring
        it:
      </p>
      <div class="row">
        <button type="button" class="button" onClick={() => void demo()}>
          Run the setup steps: load the demo images
        </button>
        {scenarios.map(({ id, title }) => (
          <button type="button" class="button" key={id} onClick={() => start(id)}>
            {title}
          </button>
        ))}
      </div>
    </section>
  );
}
