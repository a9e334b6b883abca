import { createRegistry } from "registrette";

import { roundTrip } from "./round-trip.mjs";

export default {
  async fetch(request) {
    const registry = await createRegistry();
    return registry.fetch(request);
  },

  // What `workerd test` runs.
  async test() {
    const registry = await createRegistry();
    const digest = await roundTrip(registry.fetch, "");
    if (registry.manifest("app:v1").descriptor.digest !== digest) throw new Error("no manifest");
    const response = await this.fetch(new Request("http://registry.test/v2/"));
    if (response.status !== 200) throw new Error(`${response.status} for a ping`);
  },
};
