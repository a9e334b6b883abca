import type { Server } from "node:http";
import type { Socket } from "node:net";

// Taken when the program starts: the fake timers of a test must not stop a server.
const { setTimeout } = globalThis;

/** How long what was written is given to be read: who reads it together with the reset sees an end like any other. */
const READ = 10;

/** The connection below TLS, which alone can be reset. */
const below = new WeakMap<Socket, Socket>();

/** Notes which connection is below which TLS socket. */
export function note(server: Server): void {
  const open = new Map<string, Socket>();
  const name = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
  server.on("connection", (tcp: Socket) => {
    const its = name(tcp);
    open.set(its, tcp);
    tcp.once("close", () => open.delete(its));
  });
  server.on("secureConnection", (tls: Socket) => {
    const tcp = open.get(name(tls));
    if (tcp) below.set(tls, tcp);
  });
}

/** Breaks a connection off visibly, when what was written before has left. */
export async function reset(socket: Socket): Promise<void> {
  if (socket.bytesWritten > 0) {
    await new Promise<void>((resolve) => {
      socket.once("close", resolve);
      socket.write("", () => void setTimeout(resolve, READ));
    });
  }
  const tcp = below.get(socket) ?? socket;
  // It would end our side first, and what is ended cannot be reset.
  tcp.destroySoon = () => void tcp.destroy();
  // Not every runtime that looks like Node has it.
  if (typeof tcp.resetAndDestroy === "function") tcp.resetAndDestroy();
  else socket.destroy();
}
