import type { Profile, ProfileName, Quirks, RegistryOptions } from "../types.js";
import { mistake, type Given } from "./flags.js";

type Like = { name?: ProfileName; quirks?: Quirks };

/** Whom to be like, by `--profile [PREFIX/=]NAME` and `--quirk [PREFIX/:]NAME=VALUE`. What is no name is told by the registry. */
export function like(given: Given): Pick<RegistryOptions, "profile" | "profiles"> {
  const own: Like = {};
  const below: Record<string, Like> = {};
  for (const text of given.profile ?? []) {
    const at = text.indexOf("=");
    const name = text.slice(at + 1) as ProfileName;
    if (at >= 0) {
      below[slashed(text.slice(0, at))] = { name };
    } else if (own.name !== undefined) {
      const what = `--profile ${own.name} and --profile ${name} are for the same repositories`;
      throw mistake(what, "write one for those below a name, like --profile docker.io/=docker-hub");
    } else {
      own.name = name;
    }
  }
  const later: [Like, string][] = [];
  for (const text of given.quirk ?? []) {
    const name = text.split("=", 1)[0]!;
    const at = name.lastIndexOf(":");
    if (at < 0) set(own, text);
    else later.push([(below[slashed(text.slice(0, at))] ??= { ...own }), text.slice(at + 1)]);
  }
  for (const [one, text] of later) {
    set(one, text);
  }
  return {
    ...((own.name !== undefined || own.quirks) && { profile: own }),
    ...(Object.keys(below).length > 0 && { profiles: below as Record<string, Profile> }),
  };
}

const slashed = (prefix: string): string => prefix.replace(/\/?$/, "/");

function set(one: Like, text: string): void {
  const [name, value = "true"] = text.split(/=(.*)/s) as [string, string?];
  one.quirks = { ...one.quirks, [name]: parsed(value) };
}

/** What is no JSON is a text without its quotes. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
