const known = new Map<string, string>();

/** A header name as Go's and hyper's servers write it: `Www-Authenticate`, `Etag`, `Docker-Content-Digest`. */
export function titleCase(name: string): string {
  let title = known.get(name);
  if (title === undefined) {
    title = name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    known.set(name, title);
  }
  return title;
}

/** `[name, value, …]` with names in title case. */
export function titled(headers: readonly string[]): string[] {
  return headers.map((text, at) => (at % 2 === 0 ? titleCase(text) : text));
}
