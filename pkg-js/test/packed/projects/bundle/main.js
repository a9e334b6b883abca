import { createRegistry } from "registrette";

import { roundTrip } from "./round-trip.mjs";

const registry = await createRegistry();
const digest = await roundTrip(registry.fetch, "");
console.log(registry.tags("app").join() === "v1" ? digest : "no tag");
