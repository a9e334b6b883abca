import { readFileSync } from "node:fs";

import { reason } from "../errors.js";
import { RuleText } from "../faults.js";
import type { InnerOptions } from "../node/listen.js";
import type { RegistryOptions, Scenarios } from "../types.js";
import { access } from "./access.js";
import { mistake, switched, type Given } from "./flags.js";
import { like } from "./like.js";
import { load, type Load } from "./load.js";

/** What is to be done. */
export interface Plan {
  options: RegistryOptions & InnerOptions;
  caOut: string | undefined;
  readyFile: string | undefined;
  exitWithParent: boolean;
  loads: readonly Load[];
  env: boolean;
}

/** From flags and variables to what is to be done. */
export function plan(given: Given, variables: NodeJS.ProcessEnv, log: (line: string) => void): Plan {
  const one = (name: string) => given[name]?.[0];
  const is = (name: string) => switched(one(name)) ?? false;
  const seed = one("seed");
  const url = one("public-url");
  const tls = certificate(given);
  const options: RegistryOptions & InnerOptions = {
    ...address(one("addr") ?? (variables.REGISTRY_HTTP_ADDR || "127.0.0.1:5000")),
    ...like(given),
    references: (one("references") ?? "strict") as NonNullable<RegistryOptions["references"]>,
    accept: (one("accept") ?? "lenient") as NonNullable<RegistryOptions["accept"]>,
    deletes: one("no-delete") === undefined ? deletes(variables) : !is("no-delete"),
    clock: (one("clock") ?? "real") as NonNullable<RegistryOptions["clock"]>,
    faults: rules(given.faults ?? []),
    ...(is("scenarios") && { scenarios: scenarios(variables) }),
    allowedHosts: given.host ?? [],
    cors: given.cors ?? [],
    ...(url !== undefined && { publicUrl: publicUrl(url) }),
    trustForwarded: is("trust-forwarded"),
    ...(tls !== undefined && { tls }),
    ...(seed !== undefined && { rngSeed: number("--seed", seed) }),
    ...(is("log") && { log }),
    ...control(given),
    hint: log,
    ...access(given),
  };
  return {
    options,
    loads: (given.load ?? []).map(load),
    caOut: one("ca-out"),
    readyFile: one("ready-file"),
    exitWithParent: is("exit-with-parent"),
    env: is("env"),
  };
}

/** Reads `HOST:PORT`. `localhost` is 127.0.0.1 alone; without a host, as distribution has it, it is every address. */
export function address(text: string): { host: string; port: number } {
  const wrong = (reason: string) =>
    mistake(`${JSON.stringify(text)} is not an address to listen on: ${reason}`, "write it like --addr 127.0.0.1:5000");
  const found = /^(.*):([^:]*)$/.exec(text);
  if (!found) throw wrong("it has no port");
  const [, name = "", digits = ""] = found;
  if (!/^\d+$/.test(digits) || Number(digits) > 65535) throw wrong("its port is not a number up to 65535");
  if (name.includes(":") && !/^\[[^\]]+\]$/.test(name)) throw wrong("an IPv6 address needs brackets");
  const host = name === "" ? "0.0.0.0" : name === "localhost" ? "127.0.0.1" : name.replace(/^\[|\]$/g, "");
  return { host, port: Number(digits) };
}

/** Scenarios, by the variables of the registry that they come from. */
function scenarios({ V2_CATALOG_DELAY: delay, V2_CATALOG_NUM_REPOS: count }: NodeJS.ProcessEnv): Scenarios {
  return {
    ...(delay && { catalogDelay: delay }),
    ...(count && { catalogRepositories: number("V2_CATALOG_NUM_REPOS", count) }),
  };
}

function certificate(given: Given): InnerOptions["tls"] {
  const { "tls-cert": cert, "tls-key": key, tls, "ca-out": ca } = given;
  if (ca && !tls) throw mistake("--ca-out writes the CA of the test certificate", "give it with --tls test");
  if (tls && (cert || key)) {
    throw mistake("--tls test brings its own certificate", "leave out --tls-cert and --tls-key, or --tls");
  }
  if (tls) return "test";
  if (!cert && !key) return undefined;
  if (!key) throw mistake("--tls-cert needs the certificate's key", "give it by --tls-key FILE");
  if (!cert) throw mistake("--tls-key needs the key's certificate", "give it by --tls-cert FILE");
  return { cert: file("--tls-cert", cert[0]!, "certificate"), key: file("--tls-key", key[0]!, "key") };
}

/** What the files say is read by the registry, which takes text for a rule, too. */
function rules(paths: string[]): NonNullable<RegistryOptions["faults"]> {
  const texts = paths.map((path) => new RuleText(path, text("--faults", path)));
  return texts as unknown as NonNullable<RegistryOptions["faults"]>;
}

function text(flag: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw mistake(`${path} cannot be read: ${reason(thrown)}`, `give ${flag} a file that can`);
  }
}

function file(flag: string, path: string, what: string): string {
  const pem = text(flag, path);
  if (!pem.includes("-----BEGIN ")) throw mistake(`there is no ${what} in ${path}`, "it should be PEM");
  return pem;
}

/** Reads distribution's switch; nothing set is on, as here everything else is. */
function deletes({ REGISTRY_STORAGE_DELETE_ENABLED: value = "" }: NodeJS.ProcessEnv): boolean {
  if (["", "true", "false"].includes(value)) return value !== "false";
  throw mistake(`REGISTRY_STORAGE_DELETE_ENABLED is ${JSON.stringify(value)}`, "set it to true or false");
}

function publicUrl(url: string): string {
  if (/^https?:\/\/[^/?#@]+\/?$/.test(url) && URL.canParse(url)) return url;
  const hint = "write it like --public-url https://registry.example, without a path";
  throw mistake(`${JSON.stringify(url)} is not what a URL starts with`, hint);
}

/** What is under `/_control/`, and how many calls it tells of; nobody else can ask for them. */
function control(given: Given): Pick<Plan["options"], "control" | "history"> {
  const { "control-token": token, history, "history-bodies": bodies } = given;
  if (!switched(given.control?.[0])) {
    if (!token && !history && !bodies) return { history: false };
    const what = "--control-token, --history and --history-bodies say how --control is to be";
    throw mistake(what, "give that, too");
  }
  return {
    control: token ? { token: token[0]! } : true,
    history: {
      max: history ? number("--history", history[0]!) : 1000,
      bodies: bodies ? number("--history-bodies", bodies[0]!) : 0,
    },
  };
}

function number(flag: string, text: string): number {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw mistake(`${flag} is ${JSON.stringify(text)}`, "give a whole number below 2^53");
}
