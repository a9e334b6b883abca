// The scenarios.

import type { Scenario } from "./scenario.js";

export const scenarios: readonly Scenario[] = [
  {
    id: "ping",
    title: "Ping and what the headers say",
    about: "Every client asks this first.",
    steps: [
      {
        say: "Ask whether there is a registry.",
        req: { method: "GET", target: "/v2/" },
        expect: { status: 200, headers: { "Docker-Distribution-API-Version": "registry/2.0" } },
      },
    ],
  },
];
