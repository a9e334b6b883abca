import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { RegistryError, reason } from "../errors.js";
import { STRING, show } from "../options.js";
import type { Auth } from "../types.js";

/** Writes `config.json` for a registry on this port, under each name that clients call it by. */
export async function writeDockerConfig(
  dir: string,
  port: number,
  host: string,
  users: Auth["users"] | undefined,
  user: string | undefined,
): Promise<string> {
  if (!STRING.fits(dir) || dir === "") {
    throw new RegistryError("ERR_OPTION", `dockerConfig(${show(dir)}) names no folder`, "give the path of one");
  }
  const auth = credentials(users, user);
  const names = [...new Set([host, "127.0.0.1", "localhost"])];
  const auths = Object.fromEntries(auth === undefined ? [] : names.map((name) => [`${name}:${port}`, { auth }]));
  const path = join(dir, "config.json");
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(path, `${JSON.stringify({ auths }, null, 2)}\n`, { mode: 0o600 });
  } catch (thrown) {
    throw new RegistryError("ERR_FILE", `${path} cannot be written: ${reason(thrown)}`, "give a folder that can", {
      cause: thrown,
    });
  }
  return path;
}

/** What stands in the file: base64 of name and password; `undefined` where there is nobody to be. */
function credentials(users: Auth["users"] | undefined, user: string | undefined): string | undefined {
  const encode = (name: string, password: string) => Buffer.from(`${name}:${password}`).toString("base64");
  if (users === "any") return encode(user ?? "registrette", "registrette");
  const known = users ?? {};
  const name = user ?? Object.keys(known)[0];
  if (name === undefined) return undefined;
  const password = Object.hasOwn(known, name) ? known[name] : undefined;
  if (password === undefined) {
    const names = Object.keys(known);
    const hint = names.length > 0 ? `there are ${names.join(", ")}` : "start the registry with options.auth";
    throw new RegistryError("ERR_OPTION", `there is no user ${show(name)}`, hint);
  }
  return encode(name, password);
}
