// The contents as a tree: one stop, arrows within.

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { isDigest, shortDigest } from "../../shared/format.js";
import { Icon } from "../parts/icon.js";
import { Mark } from "../parts/digest.js";
import { type TreeNode, expanded, nodes, repositories, setExpanded, treeFilter } from "../state/contents.js";
import { open, view } from "../state/view.js";

/** The node that has the tree's one stop. */
const current = signal<string | undefined>(undefined);

export function Tree() {
  const list = useRef<HTMLDivElement>(null);
  const all = nodes.value;
  const stop = all.find(({ id }) => id === current.value) ?? all[0];
  const wantsFocus = useRef(false);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    list.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  });
  const go = (to: TreeNode | undefined) => {
    if (!to) return;
    wantsFocus.current = true;
    current.value = to.id;
  };
  const key = (event: KeyboardEvent) => {
    if (!stop || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = all.indexOf(stop);
    const isOpen = expanded.value.has(stop.id);
    const parent = all.slice(0, at).findLast(({ level }) => level < stop.level);
    const acts: Record<string, () => void> = {
      ArrowDown: () => go(all[at + 1]),
      ArrowUp: () => go(all[at - 1]),
      Home: () => go(all[0]),
      End: () => go(all.at(-1)),
      ArrowRight: () => {
        if (stop.isParent && !isOpen) setExpanded(stop.id, true);
        else if (all[at + 1] && all[at + 1]!.level > stop.level) go(all[at + 1]);
      },
      ArrowLeft: () => (stop.isParent && isOpen ? setExpanded(stop.id, false) : go(parent)),
      Enter: () => choose(stop),
      " ": () => choose(stop),
    };
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      act();
    } else if (/^[a-z0-9]$/i.test(event.key)) {
      const letter = event.key.toLowerCase();
      const round = [...all.slice(at + 1), ...all.slice(0, at + 1)];
      go(round.find(({ label }) => label.toLowerCase().startsWith(letter)));
    }
  };
  const { value: now } = view;
  if (all.length === 0) {
    const words = treeFilter.value ? "Nothing has this in its name." : "Nothing is in the registry yet.";
    return <p class="dim note tree-empty">{repositories.value && words}</p>;
  }
  return (
    <div class="tree" role="tree" aria-label="Contents of the registry" ref={list} onKeyDown={key}>
      {all.map((node) => (
        <Node
          key={node.id}
          node={node}
          isStop={node === stop}
          isOpen={expanded.value.has(node.id)}
          isShown={now.kind === "object" && now.target === node.target}
        />
      ))}
    </div>
  );
}

function choose(node: TreeNode): void {
  current.value = node.id;
  if (node.target) open(node.target);
  else setExpanded(node.id, !expanded.peek().has(node.id));
}

interface Props {
  node: TreeNode;
  isStop: boolean;
  isOpen: boolean;
  isShown: boolean;
}

function Node({ node, isStop, isOpen, isShown }: Props) {
  const [algorithm, hex] = isDigest(node.label) ? shortDigest(node.label) : ["", node.label];
  const toggle = (event: MouseEvent) => {
    event.stopPropagation();
    current.value = node.id;
    setExpanded(node.id, !isOpen);
  };
  return (
    <div
      class={`node node-${node.kind}`}
      role="treeitem"
      aria-level={node.level}
      aria-selected={isShown}
      {...(node.isParent && { "aria-expanded": isOpen })}
      tabIndex={isStop ? 0 : -1}
      title={node.digest ?? node.label}
      style={{ "--level": String(node.level) }}
      onClick={() => choose(node)}
    >
      <span class="twist" onClick={node.isParent ? toggle : undefined}>
        {node.isParent && <Icon name={isOpen ? "down" : "right"} />}
      </span>
      <span class="label">
        {algorithm && <span class="dim">{algorithm}</span>}
        {hex}
      </span>
      {node.aside && <span class="aside">{node.aside}</span>}
      {node.digest && <Mark digest={node.digest} />}
    </div>
  );
}
