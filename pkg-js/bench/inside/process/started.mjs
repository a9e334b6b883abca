// Prints how many milliseconds it takes from the import to an answer over a socket.

import { get } from "node:http";

const before = performance.now();
const { startRegistry } = await import("registrette/node");
const registry = await startRegistry();
await new Promise((resolve, reject) => {
  get(`${registry.url}/v2/`, (answer) => answer.resume().on("end", resolve)).on("error", reject);
});
console.log(performance.now() - before);
await registry.close();
