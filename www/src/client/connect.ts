import type { Connection } from "../shared/connection.js";

/** Finds the registry of this page. */
export async function connect(): Promise<Connection> {
  throw new Error("not there yet");
}
