// The log: a table of what every tab asked, and the details of one row beside it.

import { useRef } from "preact/hooks";

import { clock, duration, size } from "../../shared/format.js";
import type { LogEntry } from "../../shared/protocol.js";
import { Icon } from "../parts/icon.js";
import { Splitter } from "../parts/splitter.js";
import { Method, Status } from "../parts/words.js";
import * as log from "../state/log.js";
import { isBrowser, status } from "../state/registry.js";
import { isLogOpen, logHeight } from "../state/settings.js";
import { isAlone, roleOf } from "../state/view.js";
import { LogDetails } from "./log-details.js";

export function Log() {
  const rows = log.shown.value;
  const chosen = log.selectedEntry.value;
  return (
    <section class={`dock ${isLogOpen.value ? "" : "shut"}`} role={roleOf("log", "region")} aria-label="Log">
      {isAlone("log") && <h1 class="hidden">Log</h1>}
      {isLogOpen.value && <Splitter size={logHeight} label="Height of the log" axis="y" isAfter min={96} max={640} />}
      <div class="dock-bar">
        <button
          type="button"
          class="bare dock-toggle"
          aria-expanded={isLogOpen.value}
          onClick={() => (isLogOpen.value = !isLogOpen.value)}
        >
          <Icon name={isLogOpen.value ? "down" : "right"} />
          <b>Log</b> <span class="count">{rows.length}</span>
        </button>
        <input
          type="search"
          class="log-filter"
          aria-label="Filter the log"
          placeholder="status:4xx method:PATCH …"
          value={log.filterText.value}
          spellcheck={false}
          autocapitalize="off"
          onInput={(event) => (log.filterText.value = event.currentTarget.value)}
        />
        {isBrowser.value && (
          <label class="check">
            <input
              type="checkbox"
              checked={log.isThisTabOnly.value}
              onChange={(event) => (log.isThisTabOnly.value = event.currentTarget.checked)}
            />
            this tab only
          </label>
        )}
        <label class="check">
          <input
            type="checkbox"
            checked={log.isPaused.value}
            onChange={(event) => log.setPaused(event.currentTarget.checked)}
          />
          pause{log.heldCount.value > 0 && `, ${log.heldCount.value} held`}
        </label>
        <span class="space" />
        <button type="button" class="button small" disabled={log.entries.value.length === 0} onClick={log.clear}>
          Clear
        </button>
      </div>
      <div class="dock-inside">
        <Rows rows={rows} />
        {chosen && <LogDetails entry={chosen} />}
      </div>
    </section>
  );
}

function Rows({ rows }: { rows: readonly LogEntry[] }) {
  const table = useRef<HTMLTableSectionElement>(null);
  const longest = Math.max(1, ...rows.map(({ timing }) => timing.total));
  const chosen = rows.some(({ id }) => id === log.selected.value) ? log.selected.value : undefined;
  const stop = chosen ?? rows[0]?.id;
  const key = (event: KeyboardEvent) => {
    const at = rows.findIndex(({ id }) => id === stop);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "Escape") log.selected.value = undefined;
    if (event.key === "Enter" && stop) log.selected.value = stop;
    if (to === undefined) return;
    event.preventDefault();
    const next = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (!next) return;
    log.selected.value = next.id;
    const row = table.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"]`);
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  if (rows.length === 0) {
    return (
      <p class="dim note log-empty">
        {log.entries.value.length > 0
          ? "No request fits the filter."
          : "No request yet. Every one, of any tab, stands here."}
      </p>
    );
  }
  return (
    <div class="log-rows" role="region" aria-label="Requests" tabIndex={-1}>
      <table class="log" aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th class="number">#</th>
            <th>time</th>
            <th>method</th>
            <th class="wide">target</th>
            <th>
              <span class="hidden">marks</span>
            </th>
            <th>status</th>
            <th class="number">size</th>
            <th class="number">total</th>
            <th class="number optional">core</th>
            <th class="number optional">save</th>
            <th class="optional">
              <span class="hidden">time as a bar</span>
            </th>
          </tr>
        </thead>
        <tbody ref={table} onKeyDown={key}>
          {rows.map((entry, i) => (
            <Row
              key={entry.id}
              entry={entry}
              index={i + 2}
              isChosen={entry.id === chosen}
              isStop={entry.id === stop}
              part={entry.timing.total / longest}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  entry: LogEntry;
  index: number;
  isChosen: boolean;
  isStop: boolean;
  part: number;
}

function Row({ entry, index, isChosen, isStop, part }: RowProps) {
  const { request, answer, timing } = entry;
  const group = log.groups.value.get(entry.id);
  return (
    <tr
      data-id={entry.id}
      class={`${group ? "grouped" : ""} ${log.isFaulty(entry) ? "faulty" : ""}`}
      aria-rowindex={index}
      aria-selected={isChosen}
      tabIndex={isStop ? 0 : -1}
      onClick={() => (log.selected.value = isChosen ? undefined : entry.id)}
    >
      <td class="number dim">{log.numberOf(entry)}</td>
      <td class="dim time">{clock(entry.at)}</td>
      <td class="method-cell">
        <Method method={request.method} />
      </td>
      <td class="wide target" title={request.target}>
        <code>{request.target}</code>
      </td>
      <td class="marks">
        <Marks entry={entry} group={group} />
      </td>
      <td class="status-cell">
        <Status status={answer.status} />
      </td>
      <td class="number size">{size(answer.bytes)}</td>
      <td class="number total">{duration(timing.total)}</td>
      <td class="number optional dim">{timing.core.toFixed(1)}</td>
      <td class="number optional dim">{timing.save === undefined ? "–" : timing.save.toFixed(1)}</td>
      <td class="optional bar-cell">
        <span class="bar" aria-hidden="true">
          <i style={{ "--part": String(Math.max(0.02, part)) }} />
        </span>
      </td>
    </tr>
  );
}

function Marks({ entry, group }: { entry: LogEntry; group: number | undefined }) {
  const mine = status.value?.client;
  const isOther = isBrowser.value && mine !== undefined && entry.client !== mine;
  return (
    <>
      {group && <span class="tag">challenge {group}</span>}
      {log.isFaulty(entry) && <span class="tag warn">fault</span>}
      {log.isCold(entry) && <span class="tag">cold</span>}
      {entry.via === "direct" && <span class="tag">direct</span>}
      {entry.via === "nav" && <span class="tag">opened</span>}
      {isOther && entry.via === "fetch" && <span class="tag">tab {entry.client.slice(0, 4)}</span>}
      {entry.via === "socket" && entry.client && <span class="tag client">{entry.client.slice(0, 18)}</span>}
    </>
  );
}
