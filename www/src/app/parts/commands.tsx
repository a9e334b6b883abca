// The same request as a line for another tool.

import type { HttpRequest } from "../../shared/http.js";
import { snippets } from "../../shared/snippets.js";
import { isBrowser, shellOrigin } from "../state/registry.js";
import { tool } from "../state/settings.js";
import { Copy } from "./copy.js";

/** One line, with a switch between tools. */
export function Commands({ request, isLong = false }: { request: HttpRequest & { file?: string }; isLong?: boolean }) {
  const lines = snippets(request, shellOrigin.value);
  const chosen = lines.find((line) => line.tool === tool.value) ?? lines[0]!;
  const isShell = chosen.tool !== "fetch";
  return (
    <div class={`commands ${isLong ? "long" : ""}`}>
      <div class="commands-bar">
        <span class="segments" role="group" aria-label="Tool">
          {lines.map((line) => (
            <button
              type="button"
              key={line.tool}
              aria-pressed={line === chosen}
              onClick={() => (tool.value = line.tool)}
            >
              {line.tool}
            </button>
          ))}
        </span>
        <Copy text={chosen.text} what={`${chosen.tool} line`} />
      </div>
      <pre class="code line" tabIndex={0} aria-label={`${chosen.tool} line`}>
        {isShell && (
          <span class="dim" aria-hidden="true">
            ${" "}
          </span>
        )}
        {chosen.text}
      </pre>
      {isLong && isShell && isBrowser.value && (
        <p class="dim note">
          A terminal cannot reach this browser&rsquo;s registry. Start one for it:{" "}
          <code>npm start --prefix pkg-js</code> or <code>registrette serve</code>.
        </p>
      )}
    </div>
  );
}
