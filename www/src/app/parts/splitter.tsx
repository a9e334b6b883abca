// What two panes are parted by: dragged, or moved with arrow keys.

import type { Signal } from "@preact/signals";

interface Props {
  size: Signal<number>;
  label: string;
  /** `x`: it stands upright and moves sideways. */
  axis: "x" | "y";
  /** Whether the pane that it sizes comes after it. */
  isAfter?: boolean;
  min: number;
  max: number;
}

export function Splitter({ size, label, axis, isAfter = false, min, max }: Props) {
  const set = (next: number) => (size.value = Math.round(Math.min(max, Math.max(min, next))));
  const sign = isAfter ? -1 : 1;
  const down = (event: PointerEvent) => {
    const element = event.currentTarget as HTMLElement;
    const [from, start] = [axis === "x" ? event.clientX : event.clientY, size.peek()];
    element.setPointerCapture(event.pointerId);
    const move = (at: PointerEvent) => set(start + sign * ((axis === "x" ? at.clientX : at.clientY) - from));
    const end = () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", end);
      element.removeEventListener("pointercancel", end);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
  };
  const key = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 64 : 16;
    const [less, more] = axis === "x" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const to = { [less]: size.peek() - sign * step, [more]: size.peek() + sign * step, Home: min, End: max }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  };
  return (
    <div
      class={`splitter splitter-${axis}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-valuenow={size.value}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={down}
      onKeyDown={key}
    />
  );
}
