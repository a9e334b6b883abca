import { RegistryError, nearest } from "../errors.js";
import { NATIVE } from "../options.js";

/** A flag: what stands after it, the variable that stands for it, and what it is for. */
export interface Flag {
  readonly value?: string;
  readonly variable: string;
  readonly help: string;
  /** Can be given more than once; in its variable, separated by commas. */
  readonly many?: true;
  /** A comma in it separates nothing. */
  readonly isWhole?: true;
  /** The values it takes. */
  readonly of?: readonly string[];
  /** True or false, with `=`. */
  readonly isSwitch?: true;
}

/** The flags of `serve`, as the native command has them. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  addr: {
    value: "HOST:PORT",
    variable: "REGISTRETTE_ADDR",
    help: "Where to listen; port 0 takes a free one [default: 127.0.0.1:5000]",
  },
  profile: {
    value: "[PREFIX/=]NAME",
    many: true,
    variable: "REGISTRETTE_PROFILE",
    help: "The registry to behave like, quirks and all; docker.io/=docker-hub for repositories below a name. Can be repeated; `registrette profiles` lists them",
  },
  quirk: {
    value: "[PREFIX/:]NAME=VALUE",
    many: true,
    isWhole: true,
    variable: "REGISTRETTE_QUIRK",
    help: "A switch of its own, such as ImmutableTags=true, on top of the profile; docker.io/:ImmutableTags=true for repositories below a name. Can be repeated",
  },
  references: {
    value: "strict|lax|sparse",
    variable: "REGISTRETTE_REFERENCES",
    of: ["strict", "lax", "sparse"],
    help: "What a manifest points at and must have been pushed before it [default: strict]",
  },
  accept: {
    value: "lenient|strict",
    variable: "REGISTRETTE_ACCEPT",
    of: ["lenient", "strict"],
    help: "What Accept does when a manifest is pulled [default: lenient]",
  },
  "no-delete": { isSwitch: true, variable: "REGISTRETTE_NO_DELETE", help: "Answers 405 to every delete" },
  load: {
    value: "PATH",
    many: true,
    isWhole: true,
    variable: "REGISTRETTE_LOAD",
    help: "Images to begin with: an OCI layout, an archive of one or of docker save, a storage tree; NAME=PATH says which repository those without a name go into. Also a JSON file of seeds. Can be repeated",
  },
  control: {
    isSwitch: true,
    variable: "REGISTRETTE_CONTROL",
    help: "Lets tests and tools reset, fork, break and watch the registry over HTTP, under /_control/",
  },
  "control-token": {
    value: "TOKEN",
    variable: "REGISTRETTE_CONTROL_TOKEN",
    help: "What whoever asks under /_control/ sends as Authorization: Bearer; required off loopback",
  },
  history: {
    value: "N",
    variable: "REGISTRETTE_HISTORY",
    help: "How many calls --control remembers [default: 1000]",
  },
  "history-bodies": {
    value: "BYTES",
    variable: "REGISTRETTE_HISTORY_BODIES",
    help: "How many bytes of each body --control remembers with a call [default: 0]",
  },
  faults: {
    value: "FILE",
    many: true,
    variable: "REGISTRETTE_FAULTS",
    help: "Fault rules to begin with: a JSON file with one, or a list; can be repeated",
  },
  scenarios: {
    isSwitch: true,
    variable: "REGISTRETTE_SCENARIOS",
    help: "Repositories below broken/ fail, wait, or hold images of any size: broken/error:404, broken/timeout:dur-5s",
  },
  clock: {
    value: "real|virtual|auto",
    variable: "REGISTRETTE_CLOCK",
    of: ["real", "virtual", "auto"],
    help: "What delays, expiry and the windows of fault rules go by [default: real]",
  },
  auth: {
    value: "none|basic|bearer|any",
    variable: "REGISTRETTE_AUTH",
    of: ["none", "basic", "bearer", "any"],
    help: "Whether clients have to say who they are, and how [default: as the profile has it, else none]",
  },
  user: {
    value: "NAME:PASSWORD",
    many: true,
    isWhole: true,
    variable: "REGISTRETTE_USER",
    help: "Somebody who may ask; can be repeated. '*:*' lets in whoever gives a name",
  },
  anonymous: {
    value: "none|pull",
    variable: "REGISTRETTE_ANONYMOUS",
    of: ["none", "pull"],
    help: "What everybody may do [default: none]",
  },
  "token-ttl": {
    value: "DURATION",
    variable: "REGISTRETTE_TOKEN_TTL",
    help: "How long a token lasts, such as 90s or 5m [default: 5m]",
  },
  access: {
    value: "FILE",
    variable: "REGISTRETTE_ACCESS",
    help: 'Who may do what: a JSON list of { "user", "repository", "actions" }',
  },
  "rate-limit": {
    value: "N/DURATION",
    variable: "REGISTRETTE_RATE_LIMIT",
    help: "How many pulls there may be in which time, such as 100/6h; more by ,by=user ,counts=requests ,retry-after=date",
  },
  header: {
    value: "NAME: VALUE",
    many: true,
    isWhole: true,
    variable: "REGISTRETTE_HEADER",
    help: "A header of every answer; can be repeated",
  },
  host: {
    value: "NAME",
    many: true,
    variable: "REGISTRETTE_HOST",
    help: "A name the registry goes by on loopback, besides localhost and addresses; can be repeated",
  },
  cors: {
    value: "ORIGIN",
    many: true,
    variable: "REGISTRETTE_CORS",
    help: "An origin whose pages may ask, such as http://localhost:8080; can be repeated",
  },
  "public-url": {
    value: "URL",
    variable: "REGISTRETTE_PUBLIC_URL",
    help: "What absolute URLs in answers start with, such as https://registry.example",
  },
  "trust-forwarded": {
    isSwitch: true,
    variable: "REGISTRETTE_TRUST_FORWARDED",
    help: "Believes X-Forwarded-Proto and X-Forwarded-Host; for use behind a proxy that sets them",
  },
  "tls-cert": {
    value: "FILE",
    variable: "REGISTRETTE_TLS_CERT",
    help: "Speaks TLS with this certificate (PEM, signers after it)",
  },
  "tls-key": { value: "FILE", variable: "REGISTRETTE_TLS_KEY", help: "The key of that certificate (PEM)" },
  tls: {
    value: "test",
    of: ["test"],
    variable: "REGISTRETTE_TLS",
    help: "Speaks TLS with the shipped test certificate for localhost; everybody has its key",
  },
  "ca-out": { value: "FILE", variable: "REGISTRETTE_CA_OUT", help: "Writes the CA of the test certificate there" },
  seed: {
    value: "N",
    variable: "REGISTRETTE_SEED",
    help: "Makes ids from this number, the same every time; drawn from the system when not given",
  },
  log: { isSwitch: true, variable: "REGISTRETTE_LOG", help: "Writes a line per request on stderr" },
  "ready-file": {
    value: "FILE",
    variable: "REGISTRETTE_READY_FILE",
    help: "Writes a JSON file when the registry answers: url, pid, control",
  },
  "exit-with-parent": { isSwitch: true, variable: "REGISTRETTE_EXIT_WITH_PARENT", help: "Ends when stdin is closed" },
  env: { isSwitch: true, variable: "REGISTRETTE_ENV", help: "Prints REGISTRY_URL and REGISTRY_INSECURE for a shell" },
};

/** What the caller can change; one sentence that says how. */
export const mistake = (what: string, hint: string): RegistryError => new RegistryError("ERR_OPTION", what, hint);

/** What was given, by flag: a flag stands over its variable. */
export type Given = Record<string, string[]>;

export function read(args: readonly string[], variables: NodeJS.ProcessEnv): Given {
  const given: Given = {};
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const found = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
    const name = found?.[1];
    const flag = name !== undefined && Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    if (!flag || name === undefined) throw unknown(arg, name);
    const value = found?.[2] ?? (flag.isSwitch ? "true" : rest.shift());
    if (value === undefined) throw mistake(`--${name} has nothing after it`, `give --${name} ${flag.value}`);
    if (given[name] && !flag.many) throw mistake(`--${name} is there twice`, "give it once");
    (given[name] ??= []).push(...split(flag, value));
  }
  for (const [name, flag] of Object.entries(FLAGS)) {
    const value = variables[flag.variable];
    if (value !== undefined && value !== "" && !given[name]) given[name] = split(flag, value);
    for (const one of given[name] ?? []) checkValue(name, flag, one);
  }
  return given;
}

const split = (flag: Flag, value: string): string[] => (flag.many && !flag.isWhole ? value.split(",") : [value]);

function checkValue(name: string, flag: Flag, value: string): void {
  if (flag.of && !flag.of.includes(value)) {
    const meant = nearest(value, flag.of);
    throw mistake(`--${name} is ${JSON.stringify(value)}`, meant ? `did you mean ${meant}?` : `it takes ${flag.value}`);
  }
  if (flag.isSwitch && switched(value) === undefined) {
    throw mistake(`--${name} is ${JSON.stringify(value)}`, `give --${name}=true or --${name}=false`);
  }
}

/** Flags of the native command that this one cannot have, by the options that they stand for. */
const OF_NATIVE: Readonly<Record<string, string>> = {
  htpasswd: "htpasswd",
  "token-key": "tokenKeys",
  "token-issuer": "tokenIssuer",
  "token-form": "tokenForm",
};

function unknown(arg: string, name: string | undefined): RegistryError {
  const native = name !== undefined && Object.hasOwn(OF_NATIVE, name) ? OF_NATIVE[name] : undefined;
  if (native !== undefined) {
    const what = `--${name} is for the native registrette: ${NATIVE[native]}`;
    return mistake(what, "install that, or give --user NAME:PASSWORD");
  }
  const meant = nearest(name ?? arg, Object.keys(FLAGS));
  return mistake(`there is no argument ${JSON.stringify(arg)}`, meant ? `did you mean --${meant}?` : "see --help");
}

/** Reads a switch. */
export function switched(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (/^(true|t|yes|y|on|1)$/i.test(value)) return true;
  return /^(false|f|no|n|off|0|)$/i.test(value) ? false : undefined;
}

export function help(): string {
  const lines = Object.entries(FLAGS).map(([name, flag]) => {
    const value = flag.value ? ` <${flag.value}>` : "";
    return `  --${name}${value}\n          ${flag.help} [env: ${flag.variable}]`;
  });
  return [
    "Answers the OCI and Docker registry API from memory",
    "",
    "Usage: registrette serve [OPTIONS]",
    "       registrette catalog URL|PATH [--json|--raw]",
    "       registrette profiles [NAME] [--switches] [--json]",
    "",
    "Every flag can be given as a variable; a flag stands over its variable, and that over those of distribution,",
    "REGISTRY_HTTP_ADDR and REGISTRY_STORAGE_DELETE_ENABLED.",
    "",
    ...lines,
  ].join("\n");
}
