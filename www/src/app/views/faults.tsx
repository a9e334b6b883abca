// Faults: what goes wrong, with which requests, how often.

import { useState } from "preact/hooks";

import { FAULTS, type FaultForm, faultRule, faultWords } from "../../shared/fault-forms.js";
import { setFaults } from "../state/actions.js";
import { status } from "../state/registry.js";

const FIRST: FaultForm = { kind: "unavailable", method: "", repository: "", operation: "", first: "" };

const OPERATIONS = ["", "manifest.*", "blob.*", "upload.*", "tags.list", "referrers.list", "ping", "catalog"];

export function Faults() {
  const [form, setForm] = useState(FIRST);
  const set = status.value?.faults ?? [];
  const rules = set.map(({ rule }) => rule);
  const on = (change: Partial<FaultForm>) => setForm({ ...form, ...change });
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    void setFaults([...rules, faultRule(form)]);
  };
  return (
    <div class="faults">
      <p class="dim">What a client must live with. Rows of the log that a fault happened to are marked.</p>
      <form class="stack" onSubmit={add}>
        <label>
          What goes wrong
          <select value={form.kind} onChange={(event) => on({ kind: event.currentTarget.value as FaultForm["kind"] })}>
            {FAULTS.map(({ kind, label }) => (
              <option key={kind} value={kind}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <div class="two">
          <label>
            Method
            <select value={form.method} onChange={(event) => on({ method: event.currentTarget.value })}>
              {["", "GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"].map((method) => (
                <option key={method} value={method}>
                  {method || "any"}
                </option>
              ))}
            </select>
          </label>
          <label>
            What is asked
            <select value={form.operation} onChange={(event) => on({ operation: event.currentTarget.value })}>
              {OPERATIONS.map((operation) => (
                <option key={operation} value={operation}>
                  {operation || "anything"}
                </option>
              ))}
            </select>
          </label>
        </div>
        <div class="two">
          <label>
            Repository
            <input
              placeholder="any, or demo/*"
              value={form.repository}
              spellcheck={false}
              onInput={(event) => on({ repository: event.currentTarget.value })}
            />
          </label>
          <label>
            How often
            <select value={form.first} onChange={(event) => on({ first: event.currentTarget.value })}>
              <option value="">always</option>
              <option value="1">the first time</option>
              <option value="2">the first 2</option>
              <option value="3">the first 3</option>
            </select>
          </label>
        </div>
        <button type="submit" class="button primary">
          Set this fault
        </button>
      </form>
      <h2 class="sub">Set now</h2>
      {set.length === 0 && <p class="dim note">None.</p>}
      <ul class="fault-list">
        {set.map(({ id, rule, matches, hits }) => (
          <li key={id}>
            <span>
              {faultWords(rule)}
              <span class="dim">
                {" "}
                happened {hits} of {matches}
              </span>
            </span>
            <button
              type="button"
              class="button small"
              aria-label={`Remove: ${faultWords(rule)}`}
              onClick={() => void setFaults(set.filter((one) => one.id !== id).map((one) => one.rule))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      {set.length > 0 && (
        <button type="button" class="button" onClick={() => void setFaults([])}>
          Clear all
        </button>
      )}
    </div>
  );
}
