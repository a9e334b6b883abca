// @devcontainers/cli publishes features and templates and reads them back. It speaks plain http to `localhost` only.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { assertAsked, guarded, skip, user } from "./auth.mjs";
import { run } from "./command.mjs";
import { pull } from "./content.mjs";
import { suite } from "./suite.mjs";
import { entries } from "./tar.mjs";

const feature = { id: "greet", version: "1.2.3", name: "Greet", description: "Says hello" };
const template = { id: "plain", version: "0.1.0", name: "Plain", description: "A plain one" };
// A version that is there is not published again, so each run has a namespace of its own.
const dev = `dev-${process.pid}`;
const tags = (version) =>
  [...version.split(".").map((_, at, parts) => parts.slice(0, at + 1).join(".")), "latest"].sort();

suite("@devcontainers/cli", (it) => {
  const host = () => `localhost:${it.registry.port}`;
  const cli = async (...args) => {
    const { stdout } = await run(it.path("devcontainer.js"), args, { cwd: it.scratch, env: { HOME: it.scratch } });
    return stdout;
  };

  it.test("publishes a feature under all of its tags", async () => {
    await files("features", {
      "greet/devcontainer-feature.json": JSON.stringify(feature),
      "greet/install.sh": "echo hello\n",
    });
    const said = JSON.parse(await cli("features", "publish", "features", "-r", host(), "-n", `${dev}/features`));
    const stored = await pull(it.registry, `${dev}/features/greet/manifests/1.2.3`);
    assert.equal(said.greet.digest, stored.digest);
    assert.deepEqual([...said.greet.publishedTags].sort(), tags(feature.version));
    for (const tag of tags(feature.version)) {
      assert.equal((await pull(it.registry, `${dev}/features/greet/manifests/${tag}`)).digest, stored.digest, tag);
    }
    const [layer] = JSON.parse(stored.bytes).layers;
    const archive = await pull(it.registry, `${dev}/features/greet/blobs/${layer.digest}`);
    assert.equal(archive.digest, layer.digest);
    assert.ok([...entries(archive.bytes).keys()].some((name) => name.endsWith("install.sh")));
  });

  it.test("does not publish the same version twice", async () => {
    const said = await cli("features", "publish", "features", "-r", host(), "-n", `${dev}/features`);
    assert.equal(JSON.parse(said).greet.publishedTags, undefined);
  });

  it.test("reads a feature's manifest and tags", async () => {
    const ref = `${host()}/${dev}/features/greet`;
    const { canonicalId, manifest } = JSON.parse(
      await cli("features", "info", "manifest", ref, "--output-format", "json"),
    );
    const stored = await pull(it.registry, `${dev}/features/greet/manifests/latest`);
    assert.equal(canonicalId, `${ref}@${stored.digest}`);
    assert.deepEqual(manifest, JSON.parse(stored.bytes));
    const { publishedTags } = JSON.parse(await cli("features", "info", "tags", ref, "--output-format", "json"));
    assert.deepEqual([...publishedTags].sort(), tags(feature.version));
  });

  it.test("publishes a template and applies it", async () => {
    const image = JSON.stringify({ image: "demo/app:v1" });
    await files("templates", {
      "plain/devcontainer-template.json": JSON.stringify(template),
      "plain/.devcontainer/devcontainer.json": image,
    });
    const said = JSON.parse(await cli("templates", "publish", "templates", "-r", host(), "-n", `${dev}/templates`));
    assert.equal(said.plain.digest, (await pull(it.registry, `${dev}/templates/plain/manifests/latest`)).digest);
    const workspace = join(it.scratch, "workspace");
    await mkdir(workspace);
    await cli("templates", "apply", "-w", workspace, "-t", `${host()}/${dev}/templates/plain:latest`);
    assert.equal(await readFile(join(workspace, ".devcontainer/devcontainer.json"), "utf8"), image);
  });

  for (const type of ["basic", "bearer"]) {
    it.test(`says who it is by ${type}`, { skip }, () =>
      guarded(type, async (registry) => {
        const at = `localhost:${registry.port}`;
        await files(type, {
          "greet/devcontainer-feature.json": JSON.stringify(feature),
          "greet/install.sh": "echo hello\n",
        });
        const script = it.path("devcontainer.js");
        const env = { HOME: it.scratch, DEVCONTAINERS_OCI_AUTH: `${at}|${user.username}|${user.password}` };
        await run(script, ["features", "publish", type, "-r", at, "-n", "known"], { cwd: it.scratch, env });
        assert.deepEqual(registry.tags("known/greet"), tags(feature.version));
        assertAsked(registry, type);
        const read = ["features", "info", "tags", `${at}/known/greet`, "--output-format", "json"];
        const { stdout } = await run(script, read, { cwd: it.scratch, env: { HOME: it.scratch } });
        assert.deepEqual([...JSON.parse(stdout).publishedTags].sort(), tags(feature.version));
      }),
    );
  }

  async function files(root, contents) {
    for (const [name, text] of Object.entries(contents)) {
      const path = join(it.scratch, root, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }
});
