/** The files of the page: kept at the installation, so that everything is there without a network. */

const PREFIX = "registrette:";

const cacheName = (scope: string): string => `${PREFIX}${new URL(scope).pathname}:${__VERSION__}`;

/** Files that may change under the same name: the network knows better, where there is one. */
const FRESH = ["", "index.html", "mode.json"];

/** Keeps all files of this version. Past the browser's own cache: old and new must not mix. */
export async function install(scope: string): Promise<void> {
  const cache = await caches.open(cacheName(scope));
  const names = ["./", ...__PRECACHE__];
  await cache.addAll(names.map((name) => new Request(new URL(name, scope), { cache: "reload" })));
  // A server that has a registry of its own says so here; another one need not have the file.
  await cache.add(new Request(new URL("mode.json", scope), { cache: "reload" })).catch(() => {});
}

/** Forgets the files of other versions. */
export async function tidy(scope: string): Promise<void> {
  const own = cacheName(scope);
  const others = (await caches.keys()).filter(
    (name) => name.startsWith(own.slice(0, -__VERSION__.length)) && name !== own,
  );
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** What answers a request for a file of the page; `undefined`: whoever is asked for it. */
export function file(request: Request, scope: string): Promise<Response> | undefined {
  if (request.method !== "GET" || !request.url.startsWith(scope)) return undefined;
  const name = request.url.slice(scope.length).replace(/[?#].*/, "");
  if (FRESH.includes(name))
    return networkFirst(request, name === "index.html" ? scope : new URL(name, scope).href, scope);
  if (!__PRECACHE__.includes(name) && name !== __IMAGES__) return undefined;
  return cacheFirst(request, scope);
}

async function networkFirst(request: Request, kept: string, scope: string): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.ok || response.type === "opaqueredirect") return response;
    return (await (await caches.open(cacheName(scope))).match(kept)) ?? response;
  } catch (error) {
    const there = await (await caches.open(cacheName(scope))).match(kept);
    if (there) return there;
    throw error;
  }
}

/** What is named by its hash never changes. */
async function cacheFirst(request: Request, scope: string): Promise<Response> {
  const cache = await caches.open(cacheName(scope));
  const there = await cache.match(request);
  if (there) return there;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone()).catch(() => {});
  return response;
}
