import type { Server } from "node:http";
import type { Socket } from "node:net";

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
  await new Promise<void>((resolve) => {
    socket.once("close", resolve);
    socket.write("", () => resolve());
  });
  const tcp = below.get(socket) ?? socket;
  // Not every runtime that looks like Node has it.
  if (typeof tcp.resetAndDestroy === "function") tcp.resetAndDestroy();
  socket.destroy();
}
