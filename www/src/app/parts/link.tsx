// A link to an object: its hash is its target, so that it opens in another tab, too.

import type { ComponentChildren } from "preact";

import { open } from "../state/view.js";

interface Props {
  target: string;
  title?: string;
  children: ComponentChildren;
  class?: string;
}

export function Link({ target, children, ...rest }: Props) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(target);
  };
  return (
    <a href={`#${encodeURI(target)}`} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
