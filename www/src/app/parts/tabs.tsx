// Tabs as the ARIA practices have them: one stop, arrows between.

import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  count?: number | string;
}

interface Props<Id extends string> {
  /** What the ids of its elements start with. */
  name: string;
  label: string;
  tabs: readonly Tab<Id>[];
  selected: Id;
  onSelect(id: Id): void;
}

export function Tabs<Id extends string>({ name, label, tabs, selected, onSelect }: Props<Id>) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === selected);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    if (!next) return;
    onSelect(next.id);
    list.current?.querySelector<HTMLElement>(`#${name}-${next.id}-tab`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
      {tabs.map(({ id, label, count }) => (
        <button
          type="button"
          role="tab"
          key={id}
          id={`${name}-${id}-tab`}
          aria-selected={id === selected}
          aria-controls={`${name}-${id}`}
          tabIndex={id === selected ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          {label}
          {count !== undefined && <span class="count">{count}</span>}
        </button>
      ))}
    </div>
  );
}

export function Panel(props: { name: string; id: string; children: ComponentChildren; class?: string }) {
  const { name, id, children } = props;
  return (
    <div
      class={`tabpanel ${props.class ?? ""}`}
      role="tabpanel"
      tabIndex={0}
      id={`${name}-${id}`}
      aria-labelledby={`${name}-${id}-tab`}
    >
      {children}
    </div>
  );
}
