// The headers of the request: each can be switched off without being lost.

import { useLayoutEffect, useRef } from "preact/hooks";

import { headerFate } from "../../shared/transport.js";
import { Icon } from "../parts/icon.js";
import { draft, edit, editRow, row } from "../state/draft.js";

const USUAL = [
  "Accept",
  "Authorization",
  "Content-Length",
  "Content-Range",
  "Content-Type",
  "If-None-Match",
  "OCI-Chunk-Min-Length",
  "Range",
  "User-Agent",
];

export function HeaderRows() {
  const list = useRef<HTMLDivElement>(null);
  const { rows, via } = draft.value;
  const wantsFocus = useRef(false);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    list.current?.querySelector<HTMLElement>(".header-row:last-of-type .name")?.focus();
  });
  const add = () => {
    wantsFocus.current = true;
    edit({ rows: [...rows, row()] });
  };
  return (
    <div class="header-rows" ref={list}>
      {rows.map(({ id, isOn, name, value }) => {
        const fate = via === "fetch" && isOn && name !== "" ? headerFate([name, value]) : undefined;
        const what = name || "header";
        return (
          <div class={`header-row ${isOn ? "" : "off"}`} key={id}>
            <label class="check">
              <input
                type="checkbox"
                aria-label={`Send ${what}`}
                checked={isOn}
                onChange={(event) => editRow(id, { isOn: event.currentTarget.checked })}
              />
            </label>
            <input
              class="name"
              list="header-names"
              aria-label="Name of the header"
              value={name}
              spellcheck={false}
              autocomplete="off"
              autocapitalize="off"
              onInput={(event) => editRow(id, { name: event.currentTarget.value })}
            />
            <input
              class="value"
              aria-label={`Value of ${what}`}
              value={value}
              spellcheck={false}
              autocomplete="off"
              autocapitalize="off"
              onInput={(event) => editRow(id, { value: event.currentTarget.value })}
            />
            <button
              type="button"
              class="bare"
              aria-label={`Remove ${what}`}
              onClick={() => edit({ rows: draft.peek().rows.filter((one) => one.id !== id) })}
            >
              <Icon name="close" />
            </button>
            {fate && <p class="fate warn">{fate}</p>}
          </div>
        );
      })}
      <datalist id="header-names">
        {USUAL.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <button type="button" class="bare add" onClick={add}>
        + header
      </button>
    </div>
  );
}
