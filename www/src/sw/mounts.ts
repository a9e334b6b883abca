import type { Header } from "../shared/protocol.js";

/** What stands before `/v2/`: nothing, or such as `/x` for a worker below `/x/`. */
export type Mount = string;

/** What of a registry is asked below each mount: the API, and the tokens it gives. */
const INSIDE = /^\/(?:v2(?:[/?]|$)|_token(?:\?|$))/;

/** The places at which a worker answers. `own`: below its scope alone, since another registry answers at the root. */
export function mountsOf(scope: string, own: boolean): Mount[] {
  const mount = new URL(scope).pathname.replace(/\/$/, "");
  return mount === "" || own ? [mount] : [mount, ""];
}

/** Whether a request is one for the registry: at which mount, and what is asked there. */
export function mounted(
  url: URL,
  origin: string,
  mounts: readonly Mount[],
): { mount: Mount; target: string } | undefined {
  if (url.origin !== origin) return undefined;
  const full = url.pathname + url.search;
  for (const mount of mounts) {
    if (full.startsWith(mount) && INSIDE.test(full.slice(mount.length))) {
      return { mount, target: full.slice(mount.length) };
    }
  }
  return undefined;
}

/** Cuts the mount off a target that may have one. */
export function unmounted(target: string, mounts: readonly Mount[]): { mount: Mount; target: string } {
  const mount = mounts.find((mount) => target.startsWith(mount) && INSIDE.test(target.slice(mount.length)));
  return mount === undefined ? { mount: "", target } : { mount, target: target.slice(mount.length) };
}

/** Headers of an answer with the mount in what leads back to the registry. */
export function remounted(headers: Header[], mount: Mount, origin: string): Header[] {
  if (mount === "") return headers;
  const put = (url: string) => {
    const path = url.startsWith(origin) ? url.slice(origin.length) : url;
    return INSIDE.test(path) ? url.slice(0, url.length - path.length) + mount + path : url;
  };
  return headers.map(([name, value]): Header => {
    switch (name.toLowerCase()) {
      case "location":
        return [name, put(value)];
      case "link":
        return [name, value.replace(/<([^>]*)>/g, (_, url: string) => `<${put(url)}>`)];
      case "www-authenticate":
        return [name, value.replace(/realm="([^"]*)"/g, (_, url: string) => `realm="${put(url)}"`)];
      default:
        return [name, value];
    }
  });
}
