// `registrette catalog` in Node logs in by Docker's config file, as the native command does.

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { startRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "registrette-login-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs `catalog` where that is the config file, and helpers are those beside it. */
function catalog(config, ...args) {
  writeFileSync(join(scratch, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  const env = { ...process.env, DOCKER_CONFIG: scratch, PATH: `${scratch}:${process.env.PATH}` };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, "catalog", ...args], { env }, (error, said, complained) =>
      resolve({ code: error?.code ?? 0, said, complained }),
    );
  });
}

function helper(script) {
  const path = join(scratch, "docker-credential-test");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const base64 = (text) => Buffer.from(text).toString("base64");
const seed = { ref: "app:v1", image: { files: { "hi.txt": "hi" } } };
const guarded = async (type) => keep(await startRegistry({ seed, auth: { type, users: { alice: "secret" } } }));
const ALICE = base64("alice:secret");

/** A registry with nothing in it, that answers by what it is asked. */
async function standIn(answer) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const shown = body || request.headers.authorization || "";
    asked.push(`${request.method} ${request.url} ${shown}`);
    const [status, headers, text] = answer(request.url, shown, `127.0.0.1:${server.address().port}`);
    response.writeHead(status, headers).end(text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  return { asked, host: `127.0.0.1:${server.address().port}` };
}

test("a password is taken from Docker's config file, for each scheme", async () => {
  for (const type of ["basic", "bearer"]) {
    const { host } = await guarded(type);
    const printed = await catalog({ auths: { [host]: { auth: ALICE } } }, host);
    match(printed.said, /^app:v1 /, `${type}: ${printed.complained}`);
    for (const form of ["--raw", "--json"]) {
      strictEqual((await catalog({ auths: { [`http://${host}`]: { auth: ALICE } } }, host, form)).code, 0);
    }
    for (const config of ["{}", "{", "[]", "null", { auths: { [host]: { auth: base64("alice:t0p") } } }]) {
      const ended = await catalog(config, host);
      deepStrictEqual([ended.code, ended.said], [2, ""], `${type} ${JSON.stringify(config)}`);
      match(ended.complained, /401|docker login/);
      ok(!ended.complained.includes("t0p"));
    }
  }
});

test("it is told when it is asked for, and nobody else is told", async () => {
  const empty = [200, {}, '{"repositories":[]}'];
  const there = await standIn(() => empty);
  const { host, asked } = await standIn((_, shown) =>
    shown === "Basic dTpw"
      ? [307, { Location: `http://${there.host}/there` }]
      : [401, { "WWW-Authenticate": 'Basic realm="a", charset="UTF-8"' }],
  );
  strictEqual((await catalog({ auths: { [host]: { auth: "dTpw" } } }, host, "--raw")).said, `${empty[2]}\n`);
  deepStrictEqual(asked, ["GET /v2/_catalog ", "GET /v2/_catalog Basic dTpw"]);
  deepStrictEqual(there.asked, ["GET /there "]);
});

test("a token is asked for as the registry says", async () => {
  const { host, asked } = await standIn((url, shown, host) => {
    if (url.startsWith("/token")) return [200, {}, '{"access_token":"granted"}'];
    if (shown === "Bearer granted") return [200, {}, '{"repositories":[]}'];
    return [401, { "WWW-Authenticate": `Bearer realm="http://${host}/token?x=1",service="a,b"` }];
  });
  strictEqual((await catalog({ auths: { [host]: { auth: "dTpw" } } }, host)).code, 0);
  const [, question] = asked;
  const [, url, ...shown] = question.split(" ");
  deepStrictEqual(
    [Object.fromEntries(new URL(url, "http://a").searchParams), shown.join(" ")],
    [{ x: "1", service: "a,b", scope: "registry:catalog:*" }, "Basic dTpw"],
  );
  const form = await catalog({ auths: { [host]: { auth: "MDo=", identitytoken: "t&k=" } } }, host);
  strictEqual(form.code, 0, form.complained);
  const posted = asked.find((line) => line.startsWith("POST"));
  deepStrictEqual(Object.fromEntries(new URLSearchParams(posted.split(" ").slice(2).join(" "))), {
    grant_type: "refresh_token",
    refresh_token: "t&k=",
    service: "a,b",
    scope: "registry:catalog:*",
    client_id: "registrette",
  });
});

test("an identity token is as good as the password where tokens are given", async () => {
  const registry = await guarded("bearer");
  const body = new URLSearchParams({
    grant_type: "password",
    username: "alice",
    password: "secret",
    access_type: "offline",
    client_id: "test",
  });
  const answer = await fetch(`${registry.url}/_token`, { method: "POST", body });
  const { refresh_token: token } = await answer.json();
  const { host } = registry;
  helper(`echo '{"Username":"<token>","Secret":"${token}"}'`);
  for (const config of [{ auths: { [host]: { identitytoken: token } } }, { credHelpers: { [host]: "test" } }]) {
    const ended = await catalog(config, host);
    match(ended.said, /^app:v1 /, ended.complained);
  }
  const wrong = { auths: { [host]: { identitytoken: "t0p" } } };
  const refused = await catalog(wrong, host);
  deepStrictEqual([refused.code, refused.said], [2, ""]);
  match(refused.complained, /gives no token: 401/);
  const basic = await guarded("basic");
  const ended = await catalog({ auths: { [basic.host]: { identitytoken: "t0p" } } }, basic.host);
  match(ended.complained, /an identity token is kept for it; log in with one/);
  ok(!`${refused.complained}${ended.complained}`.includes("t0p"));
});

test("credential helpers are asked, and told of", { skip: process.platform === "win32" }, async () => {
  const { host } = await guarded("basic");
  const keeps = `echo '{"Username":"alice","Secret":"secret"}'`;
  const knowsOne = `read -r host; [ "$1 $host" = 'get ${host}' ] && ${keeps}`;
  const nothing = "echo 'credentials not found in native keychain'; exit 1";
  const own = { credHelpers: { [host]: "test" } };
  const store = { credsStore: "test" };
  for (const [script, config, wanted] of [
    [keeps, own],
    [knowsOne, own],
    [knowsOne, store],
    [keeps, { ...own, credsStore: "no-such-helper" }],
    [nothing, { ...store, auths: { [host]: { auth: ALICE } } }],
    [nothing, store, "401"],
    ["echo locked >&2; exit 3", store, "locked"],
    ["echo t0p", store, "is not {"],
    [keeps, { credsStore: "../x" }, "no name of a program"],
    [keeps, { credsStore: "no-such-helper" }, "docker-credential-no-such-helper"],
  ]) {
    helper(script);
    const { code, said, complained } = await catalog(config, host);
    const place = `${script} ${JSON.stringify(config)}: ${complained}`;
    if (wanted === undefined) match(said, /^app:v1 /, place);
    else
      deepStrictEqual(
        [code, said, complained.includes(wanted), complained.includes("t0p")],
        [2, "", true, false],
        place,
      );
  }
});
