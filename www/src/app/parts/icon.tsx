// Icons, as strokes on a grid of sixteen.

const PATHS = {
  mark: "M2 3h12v10H2z M6 3v10",
  close: "M4 4l8 8 M12 4l-8 8",
  copy: "M5.5 5.5h8v8h-8z M10.5 5.5v-3h-8v8h3",
  done: "M3 8.5l3.5 3.5L13 4.5",
  right: "M6 3.5L10.5 8 6 12.5",
  down: "M3.5 6L8 10.5 12.5 6",
  sun: "M8 5a3 3 0 100 6 3 3 0 000-6z M8 1v1.5 M8 13.5V15 M1 8h1.5 M13.5 8H15 M3 3l1 1 M12 12l1 1 M13 3l-1 1 M4 12l-1 1",
  moon: "M13 9.5A5.5 5.5 0 016.5 3 5.5 5.5 0 1013 9.5z",
  auto: "M8 2a6 6 0 100 12A6 6 0 008 2z M8 2v12 M10 3v10 M12 4.5v7",
  share: "M8 10V2 M5 4.5L8 1.5l3 3 M3 8v6h10V8",
  more: "M3 8h.01 M8 8h.01 M13 8h.01",
  menu: "M2 4h12 M2 8h12 M2 12h12",
  search: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9z M10.5 10.5L14 14",
  request: "M2 5h10 M9 2l3 3-3 3 M14 11H4 M7 8l-3 3 3 3",
  log: "M2 3.5h12 M2 8h12 M2 12.5h12",
  guide: "M3 2h8l2 2v10H3z M6 6h4 M6 9h4",
  tree: "M3 2v11h3 M3 7h3 M8 7h6 M8 13h6 M6 2h8",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
