// Who may ask, how often, and from which pages.

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { createRegistry, startRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";
import { HELLO, Raw } from "./raw.mjs";

const basic = (name, password) => `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
const ALICE = basic("alice", "secret");
const USERS = { alice: "secret" };

const ask = (registry, method, target, authorization, body) =>
  registry.fetch(target, { method, body, headers: authorization ? { authorization } : {} });

const status = async (...asked) => (await ask(...asked)).status;

/** What a client does: asks, learns where tokens are to be had, gets one, asks again. */
async function withToken(registry, method, target, body) {
  const refused = await ask(registry, method, target, undefined, body);
  strictEqual(refused.status, 401);
  const challenge = refused.headers.get("www-authenticate");
  const of = (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const query = new URLSearchParams({ service: of("service"), scope: of("scope") });
  const { token } = await (await ask(registry, "GET", `${of("realm")}?${query}`, ALICE)).json();
  return { token, answer: await ask(registry, method, target, `Bearer ${token}`, body) };
}

const PUSH = `/v2/app/blobs/uploads/?digest=${HELLO}`;

test("a name and a password in every request", async () => {
  const auth = { type: "basic", users: USERS, anonymous: "pull" };
  const registry = keep(await createRegistry({ auth }));
  strictEqual(await status(registry, "GET", "/v2/"), 401);
  strictEqual(await status(registry, "GET", "/v2/", ALICE), 200);
  strictEqual(await status(registry, "POST", PUSH, basic("alice", "wrong"), "hello"), 401);
  strictEqual(await status(registry, "POST", PUSH, ALICE, "hello"), 201);
  strictEqual(await status(registry, "GET", `/v2/app/blobs/${HELLO}`), 200);
});

test("refused, a token, and once more: counted", async () => {
  const registry = keep(await createRegistry({ auth: { type: "bearer", users: USERS } }));
  const { answer } = await withToken(registry, "POST", PUSH, "hello");
  strictEqual(answer.status, 201);
  const calls = registry.calls().map(({ operation, status }) => `${operation} ${status}`);
  deepStrictEqual(calls, ["blob.put 401", "token 200", "blob.put 201"]);
});

test("a token ends in the middle of a push, by the clock", async () => {
  const auth = { type: "bearer", users: USERS, expiresIn: 60 };
  const registry = keep(await createRegistry({ auth, clock: "virtual" }));
  const { token, answer } = await withToken(registry, "POST", "/v2/app/blobs/uploads/");
  const location = answer.headers.get("location");
  registry.clock.advance(59_999);
  strictEqual(await status(registry, "PATCH", location, `Bearer ${token}`, "hel"), 202);
  registry.clock.advance(1);
  strictEqual(await status(registry, "PUT", `${location}?digest=${HELLO}`, `Bearer ${token}`, "lo"), 401);
  const again = await withToken(registry, "PUT", `${location}?digest=${HELLO}`, "lo");
  strictEqual(again.answer.status, 201);
});

test("registries with one secret take one another's tokens", async () => {
  const made = async (secret) => keep(await createRegistry({ auth: { type: "bearer", users: USERS, secret } }));
  const [one, other, third] = [await made("ab".repeat(32)), await made("ab".repeat(32)), await made("cd".repeat(32))];
  const { token } = await (await ask(one, "GET", "/_token", ALICE)).json();
  strictEqual(await status(other, "GET", "/v2/", `Bearer ${token}`), 200);
  strictEqual(await status(third, "GET", "/v2/", `Bearer ${token}`), 401);
  strictEqual(await status(keep(one.fork()), "GET", "/v2/", `Bearer ${token}`), 200);
});

test("wrong options stop the start", async () => {
  for (const [options, message] of [
    [{ auth: true }, /options\.auth is true/],
    [{ auth: { type: "basic" } }, /auth has no users/],
    [{ auth: { type: "basic", users: {} } }, /nobody could ask/],
    [{ auth: { type: "digest", users: "any" } }, /auth\.type takes "basic", "bearer" or "any"/],
    [{ auth: { type: "basic", users: USERS, acess: [] } }, /did you mean "access"\?/],
    [{ auth: { type: "basic", users: { alice: "" } } }, /the password of "alice" is empty/],
    [{ auth: { type: "bearer", users: "any", secret: "short" } }, /64 hex digits/],
    [
      { auth: { type: "basic", users: USERS, access: [{ user: "alcie", repository: "**", actions: ["pull"] }] } },
      /did you mean "alice"\?/,
    ],
    [{ auth: { type: "basic", htpasswd: "users" } }, /auth\.htpasswd is for the native registrette: passwords hashed/],
    [{ auth: { type: "bearer", tokenKeys: [] } }, /auth\.tokenKeys is for the native registrette/],
    [{ rateLimit: { limit: 1 } }, /rateLimit takes/],
    [{ rateLimit: { limit: 1, windowMs: 1, per: "user" } }, /no option options\.rateLimit\.per/],
    [{ headers: { "Content-Length": "1" } }, /says where an answer ends/],
    [{ headers: { "X-A": "a\nb" } }, /cannot have that value/],
  ]) {
    await rejects(createRegistry(options), (error) => {
      strictEqual(error.code, "ERR_OPTION");
      match(`${error.message}`, message);
      ok(!/secret/.test(error.message) || "secret" in (options.auth ?? {}));
      return true;
    });
  }
});

test("pulls are counted, as Docker Hub counts them", async () => {
  const registry = keep(
    await createRegistry({
      seed: { ref: "app:v1", image: {} },
      rateLimit: { limit: 2, windowMs: 10_000, by: "all" },
      clock: "virtual",
    }),
  );
  const pull = (method = "GET") => ask(registry, method, "/v2/app/manifests/v1");
  strictEqual((await pull("HEAD")).headers.get("ratelimit-remaining"), "2;w=10");
  await pull();
  strictEqual((await pull()).headers.get("ratelimit-remaining"), "0;w=10");
  const refused = await pull();
  deepStrictEqual([refused.status, refused.headers.get("retry-after")], [429, "5"]);
  registry.clock.advance(5000);
  strictEqual((await pull()).status, 200);
  strictEqual((await pull()).status, 429);
  registry.reset();
  strictEqual((await pull()).status, 200);
});

test("every answer has the headers that were asked for", async () => {
  const registry = keep(await createRegistry({ headers: { "X-Robots-Tag": "none" } }));
  for (const target of ["/v2/", "/v2/app/tags/list"]) {
    strictEqual((await ask(registry, "GET", target)).headers.get("x-robots-tag"), "none");
  }
});

test("a page of an origin that is named may ask and read", async () => {
  const auth = { type: "bearer", users: USERS };
  const registry = keep(await startRegistry({ auth, cors: ["http://app.example"] }));
  const client = new Raw(registry.port);
  const send = (method, headers) =>
    client.ask(`${method} /v2/ HTTP/1.1\r\nHost: localhost\r\nOrigin: http://app.example\r\n${headers}\r\n`, method);
  const preflight = await send(
    "OPTIONS",
    "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: authorization\r\n",
  );
  strictEqual(preflight.status, 204);
  strictEqual(preflight.headers.get("Access-Control-Allow-Origin"), "http://app.example");
  strictEqual(preflight.headers.get("Access-Control-Allow-Headers"), "authorization");
  match(preflight.headers.get("Access-Control-Allow-Methods"), /PUT/);
  // What is refused can be read as well: else the page would not learn why.
  const refused = await send("GET", "");
  strictEqual(refused.status, 401);
  strictEqual(refused.headers.get("Access-Control-Allow-Origin"), "http://app.example");
  match(refused.headers.get("Access-Control-Expose-Headers"), /WWW-Authenticate/);
  strictEqual(refused.headers.get("Vary"), "Origin");
  client.close();
  const other = new Raw(registry.port);
  const none = await other.ask("GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET");
  ok(!none.headers.has("Access-Control-Allow-Origin"));
  other.close();
});

test("clients get a file with a name and a password", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "registrette-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const read = (path) => JSON.parse(readFileSync(path, "utf8")).auths;
  const registry = keep(await startRegistry({ auth: { type: "basic", users: { alice: "secret", bob: "b" } } }));
  const path = await registry.dockerConfig(join(dir, "docker"));
  strictEqual(path, join(dir, "docker", "config.json"));
  const { auth } = read(path)[registry.host];
  strictEqual(Buffer.from(auth, "base64").toString(), "alice:secret");
  strictEqual(await status(registry, "GET", `${registry.url}/v2/`, `Basic ${auth}`), 200);
  const bobs = read(await registry.dockerConfig(dir, "bob"))[`localhost:${registry.port}`];
  strictEqual(Buffer.from(bobs.auth, "base64").toString(), "bob:b");
  await rejects(registry.dockerConfig(dir, "carol"), /no user "carol"; there are alice, bob|no user "carol"/);
  await rejects(registry.dockerConfig("/dev/null/x"), { code: "ERR_FILE" });
  const open = keep(await startRegistry());
  deepStrictEqual(read(await open.dockerConfig(dir)), {});
});
