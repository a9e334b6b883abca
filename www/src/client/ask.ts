import { Refused } from "../shared/connection.js";
import { type Admin, type AdminName, HANG_LIMIT, type Post, type Reply } from "../shared/protocol.js";

/** Posts something, with a port for the reply. */
export type Poster = (post: Post, ports: Transferable[]) => void;

/** How long a worker may take over a question; images that come in take longer. */
const PATIENCE = 20_000;
const LONG: readonly AdminName[] = ["import", "export", "seed", "quarantine"];

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

export function askAdmin<Name extends AdminName>(
  post: Poster,
  name: Name,
  what: Admin[Name]["ask"],
): Promise<Admin[Name]["reply"]> {
  const message = { kind: "admin", name, ask: what } as Post;
  return ask(post, message, LONG.includes(name) ? 10 * PATIENCE : PATIENCE);
}

/** How long a direct request may take: as long as one that hangs, and some. */
export const DIRECT = 2 * HANG_LIMIT;
