import { createRegistry } from "../node.js";
import type { Fact, Switch } from "../profiles.js";
import type { WasmRegistry } from "../registry.js";
import { mistake } from "./flags.js";

/** `registrette profiles [NAME] [--switches] [--json]`, as the native command has it. */
export async function profiles(args: readonly string[]): Promise<string> {
  const wrong = args.find((arg) => arg.startsWith("-") && arg !== "--json" && arg !== "--switches");
  if (wrong !== undefined) throw mistake(`there is no argument ${wrong}`, "there are --switches and --json");
  const [name, ...more] = args.filter((arg) => !arg.startsWith("-"));
  if (more.length > 0) throw mistake(`${more[0]} is one name too many`, "give one, or none");
  const registry = (await createRegistry()) as WasmRegistry;
  try {
    const found: unknown = registry.listProfiles(name);
    if (args.includes("--json")) return JSON.stringify(found, null, 2);
    if (name !== undefined) return one(found as One, all(registry).switches);
    const { profiles, switches } = found as All;
    if (args.includes("--switches")) return switches.flatMap(told).join("\n");
    return profiles.map((profile) => `${profile.name.padEnd(18)} ${profile.about}`).join("\n");
  } finally {
    await registry.close();
  }
}

type One = { name: string; about: string; switches: Record<string, Fact> } & Record<"auth" | "rateLimit", Fact | null>;
type All = { profiles: One[]; switches: Switch[] };

const all = (registry: WasmRegistry): All => registry.listProfiles() as unknown as All;

/** A profile: each thing that it sets, and below it what that does and where it was seen. */
function one({ name, about, auth, rateLimit, switches }: One, rows: readonly Switch[]): string {
  const facts = Object.entries({ auth, rateLimit, ...switches }).filter((entry): entry is [string, Fact] => !!entry[1]);
  const lines = facts.flatMap(([name, { value, status, date, source }]) => {
    const row = rows.find((row) => row.name === name);
    const does = row ? [`  ${row.about}`] : [];
    return ["", `${name}=${JSON.stringify(value)}`, ...does, `  ${status}, ${date}: ${source}`];
  });
  return [`${name}: ${about}`, ...lines].join("\n");
}

function told({ name, about, values, status, date, source, profiles }: Switch): string[] {
  const set = profiles.length > 0 ? [`  set by ${profiles.join(", ")}`] : [];
  return [name, `  ${about}`, `  takes ${values}`, `  ${status}, ${date}: ${source}`, ...set];
}
