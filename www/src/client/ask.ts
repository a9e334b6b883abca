import { Refused } from "../shared/connection.js";
import {
  type Admin,
  type AdminName,
  type DirectAnswer,
  type DirectRequest,
  HANG_LIMIT,
  type OfPage,
  type Post,
  type Posted,
  type PostedName,
  type Reply,
} from "../shared/protocol.js";

/** Posts something, with a port for the reply. */
export type Poster = (post: Post, ports: Transferable[]) => void;

/** How long a worker may take over a question; content that comes in takes longer. */
const PATIENCE = 20_000;
const LONG: readonly PostedName[] = ["plant", "stored"];

/** Asks a worker something and waits for the reply. */
export function ask<T>(post: Poster, message: Post, patience = PATIENCE): Promise<T> {
  const { port1, port2 } = new MessageChannel();
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      port1.close();
      reject(new Refused("The worker did not answer.", "Send it again; if it stays so, reload the page."));
    }, patience);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      port1.close();
      const reply = data as Reply<T>;
      if (reply.ok) resolve(reply.value);
      else reject(new Refused(reply.error.message, reply.error.hint));
    };
    try {
      post(message, [port2]);
    } catch (error) {
      clearTimeout(timer);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

export function askWorker<Name extends PostedName>(
  post: Poster,
  name: Name,
  what: Posted[Name]["ask"],
): Promise<Posted[Name]["reply"]> {
  const message = { kind: "admin", name, ask: what } as Post;
  return ask(post, message, LONG.includes(name) ? 10 * PATIENCE : PATIENCE);
}

const OF_PAGE: readonly AdminName[] = ["export", "import", "seed", "quarantine"] satisfies OfPage[];

/** Asks the worker, or does what the page's end does, whose code comes when it is needed. */
export async function askAdmin<Name extends AdminName>(
  post: Poster,
  name: Name,
  what: Admin[Name]["ask"],
): Promise<Admin[Name]["reply"]> {
  if (!OF_PAGE.includes(name)) return askWorker(post, name as PostedName, what) as Promise<Admin[Name]["reply"]>;
  const content = (await import("./content.js")) as Record<OfPage, (post: Poster, what: unknown) => Promise<unknown>>;
  return (await content[name as OfPage](post, what)) as Admin[Name]["reply"];
}

/** Sends a request past `fetch`; one that hangs may take that long, and some. */
export const askDirect = (post: Poster, request: DirectRequest): Promise<DirectAnswer> =>
  ask(post, { kind: "direct", request }, 2 * HANG_LIMIT);
