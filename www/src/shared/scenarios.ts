// The scenarios, in the order of the tour. The page walks through them, and tests run them on every carrier.

import type { Scenario } from "./scenario.js";
import { deleting, multi, pages, pull, referrers } from "./scenarios/pulling.js";
import { chunked, monolithic, mount, ping, pushImage, wrongDigest } from "./scenarios/pushing.js";
import { auth, errors, faults, redirect } from "./scenarios/rules.js";

export const scenarios: readonly Scenario[] = [
  ping,
  pushImage,
  monolithic,
  chunked,
  wrongDigest,
  mount,
  pull,
  multi,
  referrers,
  pages,
  deleting,
  auth,
  faults,
  errors,
  redirect,
];
