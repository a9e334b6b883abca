import { type Connection, type ConnectionEvent, Refused } from "../shared/connection.js";
import type { Event } from "../shared/protocol.js";
import { type Poster, askAdmin, askDirect } from "./ask.js";
import type { Around } from "./connect.js";

/** The registry in a worker of this tab alone: it hears of no `fetch`. */
export function openDedicated(scope: URL, around: Around): Connection {
  const worker = new Worker(new URL(__WORKER__, scope));
  const post: Poster = (message, ports) => worker.postMessage(message, ports);
  return {
    ...around,
    mode: "browser",
    carrier: "dedicated",
    mount: "",
    transports: ["direct"],
    fetch: () =>
      Promise.reject(
        new Refused("There is no service worker here, so fetch reaches nobody.", "Send the request direct."),
      ),
    direct: (request) => askDirect(post, request),
    admin: (name, what) => askAdmin(post, name, what),
    listen: (listener) => {
      const heard = ({ data }: MessageEvent) => listener(data as Event | ConnectionEvent);
      worker.addEventListener("message", heard);
      return () => worker.removeEventListener("message", heard);
    },
  };
}
