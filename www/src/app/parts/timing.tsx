// Where the time went, as bars on one scale.

import { duration } from "../../shared/format.js";
import type { Timing as Times } from "../../shared/protocol.js";

export function Timing({ timing, total }: { timing?: Times; total: number }) {
  const rows: [string, number, string][] = [];
  if (timing?.cold !== undefined) rows.push(["Start", timing.cold, "the worker was not running"]);
  if (timing) rows.push(["Registry", timing.core, "the core itself"]);
  if (timing?.save !== undefined) rows.push(["Save", timing.save, "until it was on disk"]);
  if (timing) rows.push(["Worker", timing.total, "all of it, faults included"]);
  rows.push(["Page", total, "as the page sees it"]);
  const longest = Math.max(...rows.map(([, ms]) => ms), 0.1);
  return (
    <table class="grid timing">
      <tbody>
        {rows.map(([name, ms, what]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{duration(ms)}</td>
            <td class="bar-cell">
              <span class="bar" aria-hidden="true">
                <i style={{ "--part": String(Math.max(0.01, ms / longest)) }} />
              </span>
            </td>
            <td class="dim">{what}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
