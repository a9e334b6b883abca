import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { reason } from "../errors.js";
import { mistake } from "./flags.js";

/** What is kept for a registry: a name and a password as they are shown, or a token that buys others. */
export type Kept = { readonly basic: string } | { readonly identityToken: string };

interface Config {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  /** The helper that keeps everything that has none of its own. */
  readonly credsStore?: string;
  /** Helpers, by registry. */
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** What Docker's config file has for a registry: of its own helper, else of the store, else in the file. */
export function login(host: string): Kept | undefined {
  const { auths = {}, credHelpers = {}, credsStore } = read();
  const names = [host, `https://${host}`, `http://${host}`];
  if (/^((index\.|registry-1\.)?docker\.io)$/.test(host)) names.unshift("https://index.docker.io/v1/");
  for (const name of names) {
    const helper = (Object.hasOwn(credHelpers, name) && credHelpers[name]) || credsStore;
    const kept = helper === undefined || helper === "" ? undefined : ask(helper, name);
    if (kept) return kept;
  }
  const name = names.find((name) => Object.hasOwn(auths, name));
  const { auth, identitytoken } = (name !== undefined && auths[name]) || {};
  if (identitytoken) return { identityToken: identitytoken };
  return auth ? { basic: auth.trim() } : undefined;
}

/** Looks where Docker does. */
function read(): Config {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  try {
    const config: unknown = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    return typeof config === "object" && config !== null ? config : {};
  } catch {
    // Nobody has logged in.
    return {};
  }
}

/** What a helper, a program called `docker-credential-NAME`, keeps for a registry. */
function ask(helper: string, server: string): Kept | undefined {
  const program = `docker-credential-${helper}`;
  const fault = (what: string) => mistake(`${program}, which config.json names: ${what}`, "is it installed, and open?");
  if (!/^[\w.-]+$/.test(helper)) throw fault("that is no name of a program");
  const { error, status, signal, stdout, stderr } = spawnSync(program, ["get"], { input: server, encoding: "utf8" });
  // One that does not read its input may well answer.
  if (error && (error as NodeJS.ErrnoException).code !== "EPIPE") throw fault(`it cannot be run: ${reason(error)}`);
  if (status !== 0) {
    // How all of them say that there is nothing.
    if (`${stdout}${stderr}`.includes("credentials not found")) return undefined;
    throw fault(`it ended with ${status ?? signal}: ${`${stdout}${stderr}`.trim().slice(0, 300)}`);
  }
  const kept = parsed(stdout);
  // What it said may be secret.
  if (!kept) throw fault('its answer is not { "Username", "Secret" }');
  if (kept.Username === "<token>") return { identityToken: kept.Secret };
  return { basic: Buffer.from(`${kept.Username}:${kept.Secret}`).toString("base64") };
}

function parsed(text: string): { Username: string; Secret: string } | undefined {
  try {
    const { Username, Secret } = JSON.parse(text) as Record<string, unknown>;
    return typeof Username === "string" && typeof Secret === "string" ? { Username, Secret } : undefined;
  } catch {
    return undefined;
  }
}
