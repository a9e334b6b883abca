import type { Connection, Mode } from "../shared/connection.js";
import { openDedicated } from "./dedicated.js";
import { openServer } from "./server.js";
import { openServiceWorker, unregister } from "./service-worker.js";

/** Where the choice of a mode is kept. */
const CHOICE = "registrette:mode";

/** What every connection has, wherever it leads. */
export type Around = Pick<Connection, "modes" | "switchTo">;

/** Finds the registry of this page: in the mode that was chosen last, else in the one that the place it came from is for. */
export async function connect(): Promise<Connection> {
  const scope = new URL("./", location.href);
  const home = await homeMode(scope);
  const modes: readonly Mode[] = home === "server" ? ["server", "browser"] : ["browser"];
  const mode = chosen(modes) ?? home;
  const around: Around = {
    modes,
    switchTo: async (next) => {
      if (!modes.includes(next) || next === mode) return;
      if (next === "server") await unregister(scope);
      localStorage.setItem(CHOICE, next);
      location.reload();
    },
  };
  if (mode === "server") return openServer(around);
  return (await openServiceWorker(scope, home === "server", around)) ?? openDedicated(scope, around);
}

async function homeMode(scope: URL): Promise<Mode> {
  try {
    const response = await fetch(new URL("mode.json", scope), { cache: "no-store" });
    const { mode } = (await response.json()) as { mode?: string };
    return mode === "server" ? "server" : "browser";
  } catch {
    return "browser";
  }
}

function chosen(modes: readonly Mode[]): Mode | undefined {
  try {
    return modes.find((mode) => mode === localStorage.getItem(CHOICE));
  } catch {
    return undefined;
  }
}
