// A dialog: the browser's own, which keeps the focus and closes on Escape.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { dialog } from "../state/view.js";
import { Icon } from "./icon.js";

interface Props {
  title: string;
  class?: string;
  /** Without its title and button: what is inside has its own. */
  isBare?: boolean;
  children: ComponentChildren;
}

export function Modal({ title, isBare = false, children, ...rest }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    element.current?.showModal();
  }, []);
  const close = () => {
    // What the browser tells later may find another dialog.
    if (!element.current) return;
    // So that the focus goes back to where it was.
    element.current.close();
    dialog.value = undefined;
  };
  const backdrop = (event: MouseEvent) => {
    if (event.target === element.current) close();
  };
  return (
    <dialog
      ref={element}
      class={`modal ${rest.class ?? ""}`}
      aria-label={title}
      onCancel={close}
      onClose={close}
      onClick={backdrop}
    >
      <div class="modal-inside">
        {!isBare && (
          <header>
            <h2>{title}</h2>
            <button type="button" class="bare" aria-label="Close" onClick={close}>
              <Icon name="close" />
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
