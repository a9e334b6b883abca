// Builds what is not built, and serves the wasm registry with sample content.

import { existsSync } from "node:fs";

import { lines, page, samples } from "./samples.mjs";
import { PACKAGE, ROOT, prepare, stop } from "./tools.mjs";

if (!existsSync(`${PACKAGE}/dist/cli.js`) || !existsSync(`${ROOT}/www/dist/index.html`)) {
  prepare();
  await import("./build.mjs");
}

const { start } = await import("../dist/node.js");
const address = process.env.REGISTRETTE_ADDR || "127.0.0.1:5000";
const [, host, port] =
  /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? stop(`REGISTRETTE_ADDR is ${address}; write it like 127.0.0.1:5000.`);

try {
  const registry = await start({
    host,
    port: Number(port),
    seed: samples(),
    page,
    ui: `${ROOT}/www/dist`,
    history: { bodies: 16 << 10 },
  });
  const end = () => void registry.close().then(() => process.exit(0));
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  console.log(`listening on ${registry.url}`);
  console.log(`playground at ${registry.url}/ui/\n`);
  for (const line of lines(registry.host)) console.log(line);
} catch (error) {
  stop(`${error.message}. Another address: REGISTRETTE_ADDR=127.0.0.1:0 npm start --prefix pkg-js`);
}
