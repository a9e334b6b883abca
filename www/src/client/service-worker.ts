import type { Connection, ConnectionEvent } from "../shared/connection.js";
import { type Event, channelName } from "../shared/protocol.js";
import { type Poster, askAdmin, askDirect } from "./ask.js";
import type { Around } from "./connect.js";
import { fetching } from "./fetching.js";

/** How long the first start may take before the page does without, and how long a takeover, in milliseconds. */
const START = 15_000;
const TAKEOVER = 3000;

/** That the page was loaded once more since no worker took it over. */
const RELOADED = "registrette:reloaded";

/** The registry in the service worker; `undefined` where there is none to be had. */
export async function openServiceWorker(
  scope: URL,
  isBeside: boolean,
  around: Around,
): Promise<Connection | undefined> {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!container) return undefined;
  let registration: ServiceWorkerRegistration;
  try {
    const script = new URL(isBeside ? "sw.js?mount=own" : "sw.js", scope);
    registration = await container.register(script, { scope: scope.pathname, updateViaCache: "none" });
    await soon(container.ready, START);
    await takenOver(container, registration);
  } catch {
    return undefined;
  }
  // After a worker was taken over by its update the old one hears nothing any more.
  const post: Poster = (message, ports) =>
    (container.controller ?? registration.active)?.postMessage(message, { transfer: ports });
  const { mounts } = await askAdmin(post, "status", {});
  return {
    ...around,
    mode: "browser",
    carrier: "service-worker",
    mount: mounts[0] ?? "",
    transports: ["fetch", "direct"],
    fetch: fetching,
    direct: (request) => askDirect(post, request),
    admin: (name, what) => {
      if (name !== "skipWaiting") return askAdmin(post, name, what);
      return update(container, registration);
    },
    listen: (listener) => listen(scope, container, registration, listener),
  };
}

/** Waits until the worker answers this page; after a hard reload it has to be told. */
async function takenOver(container: ServiceWorkerContainer, registration: ServiceWorkerRegistration): Promise<void> {
  if (!container.controller) {
    const taken = new Promise<void>((resolve) =>
      container.addEventListener("controllerchange", () => resolve(), { once: true }),
    );
    const { active } = registration;
    if (active) {
      const post: Poster = (message, ports) => active.postMessage(message, { transfer: ports });
      await askAdmin(post, "claim", {});
    }
    await soon(taken, TAKEOVER).catch(() => {
      if (container.controller || sessionStorage.getItem(RELOADED)) return;
      sessionStorage.setItem(RELOADED, "yes");
      location.reload();
    });
  }
  if (container.controller) sessionStorage.removeItem(RELOADED);
}

/** Lets the version that waits take over, and loads the page anew. */
async function update(container: ServiceWorkerContainer, registration: ServiceWorkerRegistration): Promise<object> {
  const { waiting } = registration;
  if (!waiting) return {};
  const taken = new Promise<void>((resolve) =>
    container.addEventListener("controllerchange", () => resolve(), { once: true }),
  );
  await askAdmin((message, ports) => waiting.postMessage(message, { transfer: ports }), "skipWaiting", {});
  await soon(taken, TAKEOVER).catch(() => {});
  location.reload();
  return {};
}

function listen(
  scope: URL,
  container: ServiceWorkerContainer,
  registration: ServiceWorkerRegistration,
  listener: (event: Event | ConnectionEvent) => void,
): () => void {
  const channel = new BroadcastChannel(channelName(scope.href));
  channel.onmessage = ({ data }) => listener(data as Event);
  const changed = () => listener({ kind: "reconnected" });
  const ready = () => listener({ kind: "update-ready" });
  const found = () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed" && container.controller) ready();
    });
  };
  container.addEventListener("controllerchange", changed);
  registration.addEventListener("updatefound", found);
  if (registration.waiting && container.controller) queueMicrotask(ready);
  return () => {
    channel.close();
    container.removeEventListener("controllerchange", changed);
    registration.removeEventListener("updatefound", found);
  };
}

/** Takes the worker of a scope away. What it stored stays. */
export async function unregister(scope: URL): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(scope);
  await registration?.unregister();
}

function soon<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("it took too long")), ms);
    promise.then(resolve, reject);
  });
}
