import type * as http from "node:http";
import type * as https from "node:https";
import { createRequire } from "node:module";

// `import` reads every member of a module of Node's. One of `node:http` is WebSocket, and on Node 24 reading that loads all
// of Node's undici: some 70 ms at every start, and a dispatcher that clients with an undici of their own then take for theirs.
const require = createRequire(import.meta.url);

export const { STATUS_CODES, createServer } = require("node:http") as typeof http;
export const { createServer: createTlsServer } = require("node:https") as typeof https;
