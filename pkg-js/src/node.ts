/**
 * registrette on a socket: for Node, Bun and Deno.
 *
 * @module
 */

import { randomBytes, randomInt } from "node:crypto";

import { create } from "./index.node.js";
import { folder } from "./node/folder.js";
import { LISTEN, checkControl, checkListen, isLoopback, open, type InnerOptions } from "./node/listen.js";
import { STRING, checkRegistry, isObject } from "./options.js";
import type { WasmRegistry } from "./registry.js";
import type { Auth, ImagesSpec, ListenOptions, Registry, RegistryOptions, RegistryServer } from "./types.js";

export { RegistryError, createRegistry, type RegistryErrorCode } from "./index.node.js";
export type * from "./types.js";

/**
 * Puts a registry on a socket. Its requests reach the registry only from who may ask: on loopback `Host` is an address,
 * `localhost` or one of `allowedHosts`, and pages of other origins are refused unless `cors` names them.
 */
export async function listen(registry: Registry, options: ListenOptions = {}): Promise<RegistryServer> {
  checkListen(options);
  return open(registry, options);
}

/**
 * Makes a registry and puts it on a socket.
 *
 * @example
 * const registry = await startRegistry();
 * await fetch(`${registry.url}/v2/`); // 200
 * await registry.close();
 */
export async function startRegistry(options: RegistryOptions & ListenOptions = {}): Promise<Registry & RegistryServer> {
  checkRegistry(options, LISTEN);
  checkControl(options);
  return start(options);
}

/** The images of an OCI layout on disk, as a seed. They go into the repository that the folder is named for, unless they say. */
export async function layoutDir(path: string): Promise<ImagesSpec> {
  return folder(path);
}

/** The images of a registry's storage on disk (`docker/registry/v2`), as a seed, under the names that they have there. */
export async function storageDir(path: string): Promise<ImagesSpec> {
  return folder(path);
}

/** @internal */
export async function start(options: RegistryOptions & InnerOptions): Promise<Registry & RegistryServer> {
  const { port, host, tls, allowedHosts = [], cors = [], control, unref, page, ui, log, hint, ...own } = options;
  const { publicUrl, trustForwarded, auth } = own;
  // A seed that others may know makes no secret for who they could reach.
  const isSeeded = own.rngSeed !== undefined && (host === undefined || isLoopback(host));
  const secret = isSeeded ? {} : { secret: randomBytes(32).toString("hex") };
  const made = {
    rngSeed: randomInt(2 ** 48 - 1),
    ...own,
    // For the auth of a profile.
    ...secret,
    ...(auth !== undefined && auth !== "none" && { auth: { ...secret, ...auth } }),
  };
  const registry = (await create(made, { secret: STRING })) as WasmRegistry;
  const profile = typeof own.profile === "string" ? own.profile : own.profile?.name;
  const rule = auth ?? (profile === undefined ? undefined : registry.listProfiles(profile).auth?.value);
  // A public URL is one of its own.
  const origin = publicUrl === undefined ? undefined : new URL(publicUrl);
  const given: InnerOptions = {
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    ...(tls !== undefined && { tls }),
    ...(unref !== undefined && { unref }),
    ...(page !== undefined && { page }),
    ...(ui !== undefined && { ui }),
    ...(log !== undefined && { log }),
    ...(control !== undefined && { control }),
    ...(hint !== undefined && { hint }),
    ...(trustForwarded !== undefined && { trustForwarded }),
    ...(isObject(rule) && { users: rule.users as Auth["users"] }),
    allowedHosts: origin ? [...allowedHosts, origin.hostname] : allowedHosts,
    cors: origin ? [...cors, origin.origin] : cors,
  };
  const closeRegistry = registry.close.bind(registry);
  try {
    const server = await open(registry, given);
    const close = () => server.close().then(closeRegistry);
    const { url, host, port, imageRef, control, ca, dockerConfig } = server;
    return Object.assign(registry, { url, host, port, imageRef, control, ca, dockerConfig, close });
  } catch (thrown) {
    await closeRegistry();
    throw thrown;
  }
}
