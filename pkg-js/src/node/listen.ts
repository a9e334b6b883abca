import type { Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { ENGINE, type Engine } from "../core/engine.js";
import { RegistryError, reason } from "../errors.js";
import { test } from "../generated/tls.js";
import { BOOLEAN, STRING, STRINGS, check, isObject, show, type Rules } from "../options.js";
import type { Auth, ListenOptions, Registry, RegistryServer } from "../types.js";
import type { WasmRegistry } from "../registry.js";
import { Control, type Others } from "./control.js";
import { writeDockerConfig } from "./docker-config.js";
import { handle, type Setting } from "./handler.js";
import { createServer, createTlsServer } from "./http.js";
import { refuse } from "./refuse.js";
import { note } from "./reset.js";
import { readUi } from "./ui.js";

/** What the command line adds. */
export interface InnerOptions extends ListenOptions {
  /** What control knows of; a server that is made by control is one of those of the first. */
  others?: Others;
  /** Who is told that somebody asked for a control that is off. */
  hint?: (line: string) => void;
  page?: (host: string) => string;
  /** The folder of the built playground, which is served under `/ui/`. */
  ui?: string;
  log?: (line: string) => void;
  trustForwarded?: boolean;
  /** Who has a password, for `dockerConfig`. */
  users?: Auth["users"];
}

const isBytes = (value: unknown) => typeof value === "string" || ArrayBuffer.isView(value);

export const LISTEN: Rules = {
  port: {
    takes: "a number from 0 to 65535",
    fits: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65536,
  },
  host: STRING,
  tls: {
    takes: '"test" or { key, cert }, both PEM',
    fits: (tls) => tls === "test" || (isObject(tls) && isBytes(tls.key) && isBytes(tls.cert)),
  },
  allowedHosts: STRINGS,
  cors: STRINGS,
  control: { takes: "true, false or { token }", fits: (value) => BOOLEAN.fits(value) || isObject(value) },
  unref: BOOLEAN,
};

/** The longest head that Node reads; the registry itself refuses shorter ones, in the words of the protocol. */
const LONGEST_HEAD = 128 << 10;

/** How often another free port is tried when the other family has somebody else on it. */
const TRIES = 10;

export async function open(registry: Registry, options: InnerOptions): Promise<RegistryServer> {
  const engine = (registry as { [ENGINE]?: Engine } | undefined)?.[ENGINE];
  if (!engine) {
    throw new RegistryError("ERR_OPTION", `${show(registry)} is no registry`, "give what createRegistry() gave");
  }
  const { port = 0, host, tls, page, log, hint } = options;
  const ui = options.ui === undefined ? undefined : readUi(options.ui);
  const control = options.control || ui ? new Control(registry as WasmRegistry, options, open) : undefined;
  const guard = rules(engine, options);
  const setting: Setting = { engine, guard, isHttps: tls !== undefined, page, ui, log, control, hint };
  const hosts = host === undefined ? ["127.0.0.1", "::1"] : [host === "localhost" ? "127.0.0.1" : host];
  const servers = await listenOnAll(() => server(setting, options), hosts, port);
  const bound = (servers[0]!.address() as AddressInfo).port;
  const named = host === undefined || host === "localhost" || host === "0.0.0.0" ? "127.0.0.1" : host;
  const shown = named === "::" ? "[::1]" : named.includes(":") ? `[${named}]` : named;
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= Promise.all([control?.end(), ...servers.map(end)]).then(() => {}));
  const url = `${tls ? "https" : "http"}://${shown}:${bound}`;
  return {
    url,
    control: options.control ? `${url}/_control` : undefined,
    host: `${shown}:${bound}`,
    port: bound,
    imageRef: (image) => `${shown}:${bound}/${image}`,
    ca: tls === "test" ? test.ca : undefined,
    dockerConfig: (dir, user) => writeDockerConfig(dir, bound, shown, options.users, user),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Gives the core the rules of who may ask. */
function rules(engine: Engine, options: InnerOptions): number {
  const { host, tls, allowedHosts = [], cors = [], trustForwarded = false } = options;
  const loopback = host === undefined || isLoopback(host);
  const rules = { loopback, hosts: allowedHosts, origins: cors, https: tls !== undefined, trustForwarded };
  try {
    return engine.call("listen()", (core) => core.guard(JSON.stringify(rules)));
  } catch (thrown) {
    if (thrown instanceof RegistryError) throw thrown;
    throw new RegistryError("ERR_OPTION", reason(thrown), "look at options.allowedHosts and options.cors");
  }
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host);
}

function server(setting: Setting, { tls, unref }: InnerOptions): Server {
  const head = { maxHeaderSize: LONGEST_HEAD, requireHostHeader: false, noDelay: true };
  const server = tls ? secure(head, tls === "test" ? test : tls) : createServer(head);
  if (tls) note(server);
  // Without a bound Node would leave out those past it.
  server.maxHeadersCount = 0;
  server.headersTimeout = 30_000;
  server.requestTimeout = 0;
  const current = new WeakMap<Socket, ServerResponse>();
  server.on("request", (req, res) => {
    current.set(req.socket, res);
    handle(setting, req, res, false);
  });
  server.on("checkContinue", (req, res) => {
    current.set(req.socket, res);
    handle(setting, req, res, true);
  });
  server.on("checkExpectation", (req, res) => server.emit("request", req, res));
  server.on("clientError", (error, socket) => refuse(setting, error, socket as Socket, current.get(socket as Socket)));
  if (unref) {
    server.unref();
    server.on("connection", (socket) => socket.unref());
  }
  return server;
}

function secure(head: object, { key, cert }: { key: string | Uint8Array; cert: string | Uint8Array }): Server {
  const pem = (bytes: string | Uint8Array) => (typeof bytes === "string" ? bytes : Buffer.from(bytes));
  try {
    return createTlsServer({ ...head, key: pem(key), cert: pem(cert) }) as unknown as Server;
  } catch (thrown) {
    const hint = "give a key and its certificate, both PEM";
    throw new RegistryError("ERR_OPTION", `options.tls cannot be used: ${reason(thrown)}`, hint, { cause: thrown });
  }
}

/** Listens on all addresses with one port. */
async function listenOnAll(make: () => Server, hosts: string[], port: number): Promise<Server[]> {
  for (let tries = 1; ; tries++) {
    const servers: Server[] = [];
    try {
      for (const host of hosts) {
        const chosen = servers[0] ? (servers[0].address() as AddressInfo).port : port;
        const server = await listening(make(), host, chosen);
        if (server) servers.push(server);
      }
      if (servers.length > 0) return servers;
      throw new RegistryError("ERR_LISTEN", `there is no address ${hosts.join(" or ")} here`, "give another host");
    } catch (thrown) {
      await Promise.all(servers.map(end));
      const isTaken = port === 0 && servers.length > 0 && tries < TRIES;
      if (!isTaken) throw thrown;
    }
  }
}

/** `undefined`: it is the address of a family that is not there, besides one that is. */
function listening(server: Server, host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
      const { code } = error;
      if (host === "::1" && code !== "EADDRINUSE") {
        resolve(undefined);
        return;
      }
      const airplay = port === 5000 ? " (on macOS that is AirPlay Receiver)" : "";
      const [what, hint] =
        code === "EADDRINUSE"
          ? [`${address} is taken: another program listens there${airplay}`, "choose another port, 0 for a free one"]
          : [`${address} cannot be listened on: ${error.message}`, "choose another address"];
      reject(new RegistryError("ERR_LISTEN", what, hint, { cause: error }));
    });
    server.listen(port, host, () => resolve(server));
  });
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Checks the options of a server. */
export function checkListen(options: unknown): void {
  check("options", options, LISTEN);
  checkControl(options as ListenOptions);
}

/** Checks who may ask control. */
export function checkControl({ control, host }: ListenOptions): void {
  if (isObject(control)) check("options.control", control, { token: STRING });
  const token = isObject(control) ? control.token : undefined;
  if (!control || token || host === undefined || isLoopback(host)) return;
  const what = `others than this machine can reach control on ${host}`;
  throw new RegistryError("ERR_CONTROL", what, "give it a token: control: { token }");
}
