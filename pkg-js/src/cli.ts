#!/usr/bin/env node
/**
 * The command `registrette`.
 *
 * @module
 */

import { catalog } from "./cli/catalog.js";
import { help, mistake, read } from "./cli/flags.js";
import { plan } from "./cli/plan.js";
import { profiles } from "./cli/profiles.js";
import { serve } from "./cli/serve.js";
import { nearest, reason } from "./errors.js";
import { version } from "./generated/version.js";

async function main([command, ...args]: string[]): Promise<void> {
  if (command === "--version" || command === "-V") return void console.log(`registrette ${version}`);
  if (command === "--help" || command === "-h" || command === "help") return console.log(help());
  if (command === "catalog") {
    return args.includes("--help") || args.includes("-h") ? console.log(help()) : catalog(args);
  }
  if (command === "profiles") return console.log(await profiles(args));
  if (command !== "serve" && command !== "run") {
    const meant = nearest(command ?? "", ["serve", "run", "catalog", "profiles"]);
    const what = command === undefined ? "no command was given" : `there is no command ${JSON.stringify(command)}`;
    throw mistake(
      what,
      meant ? `did you mean ${meant}? Usage: registrette serve` : "Usage: registrette serve, see --help",
    );
  }
  if (args.includes("--help") || args.includes("-h")) return console.log(help());
  await serve(plan(read(args, process.env), process.env, (line) => console.error(line)));
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(`registrette: error: ${reason(thrown)}`);
  process.exit(2);
});
