// Content that is there from the start.

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { createRegistry as createInlined } from "../dist/index.js";
import { RegistryError, createRegistry, startRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";
import { files, pull, sha256 } from "./puller.mjs";

const ONE_FILE = { files: { "hi.txt": "hi" } };
const BROKEN = ["layer-bytes", "layer-digest", "missing-layer", "missing-config", "empty"];

/** The digests that the Rust side holds for ever, by name. */
const pinned = () => {
  const source = readFileSync(new URL("../../tests/image/pinned.rs", import.meta.url), "utf8");
  return Object.fromEntries(
    [...source.matchAll(/"([\w -]+) (sha256:\w{64})"/g)].map(([, name, digest]) => [name, digest]),
  );
};

/** The same descriptions as there, bytes as bytes where they can be. */
const DESCRIBED = {
  "one file": { ref: "a:one", image: ONE_FILE },
  rich: {
    ref: "a:rich",
    image: {
      platform: "linux/arm64/v8",
      layers: [new Uint8Array(1024)],
      config: { config: { Env: ["A=1"], Cmd: ["/hi"] }, author: "somebody" },
      annotations: { "a.b": "c" },
      files: { "etc/hi.txt": Buffer.from("hi"), ["n".repeat(200)]: { base64: "bG9uZw==" } },
    },
  },
  index: {
    index: {
      ref: "a:index",
      images: ["linux/amd64", "linux/arm64/v8"].map((platform) => ({ platform, docker: true, ...ONE_FILE })),
    },
  },
  artifact: {
    artifact: {
      subject: "a:one",
      artifactType: "application/vnd.example.sbom",
      blobs: ["one", { bytes: Buffer.from("two"), mediaType: "application/octet-stream" }],
      annotations: { "a.b": "c" },
    },
  },
  ...Object.fromEntries(BROKEN.map((broken) => [broken, { ref: `a:${broken}`, image: { ...ONE_FILE, broken } }])),
};

for (const [name, create] of [
  ["node", createRegistry],
  ["default", createInlined],
]) {
  describe(`by the ${name} entry`, () => {
    test("the same digests as in Rust", async () => {
      const registry = keep(await create());
      const made = await registry.seed(...Object.values(DESCRIBED));
      const digests = Object.keys(DESCRIBED).map((name, at) => [name, made[at].digest]);
      deepStrictEqual(Object.fromEntries(digests), pinned());
    });

    test("an image is pulled with all its digests", async () => {
      const big = Buffer.alloc((2 << 20) + 1, 7);
      const image = { ...ONE_FILE, layers: [big], config: { author: "somebody" }, annotations: { k: "v" } };
      const registry = keep(await create({ seed: { ref: "demo/app:v1", image } }));
      const { manifest, config, layers } = await pull(registry.fetch, "demo/app", "v1");
      ok(layers[0].equals(big));
      deepStrictEqual(files(layers[1]), { "hi.txt": Buffer.from("hi") });
      deepStrictEqual([config.author, config.os, manifest.annotations.k], ["somebody", "linux", "v"]);
      deepStrictEqual(registry.calls({ status: (status) => status !== 200 }), []);
      registry.reset();
      await pull(registry.fetch, "demo/app", "v1");
    });

    test("every broken kind is noticed", async () => {
      const image = (broken) => ({ ref: `a:${broken ?? "whole"}`, image: { ...ONE_FILE, broken } });
      const registry = keep(await create({ seed: [undefined, ...BROKEN].map(image) }));
      const found = {};
      for (const broken of BROKEN) {
        await pull(registry.fetch, "a", broken).catch((error) => (found[broken] = error.message));
      }
      deepStrictEqual(found, {
        "layer-bytes": "layers[0]: digest",
        "layer-digest": "layers[0]: 404",
        "missing-layer": "layers[0]: 404",
        "missing-config": "config: 404",
        empty: "layers: none",
      });
      await pull(registry.fetch, "a", "whole");
    });
  });
}

test("an index has its images", async () => {
  const platforms = ["linux/amd64", "linux/arm64/v8"];
  const images = platforms.map((platform) => ({ platform, files: { [platform]: "" } }));
  const registry = keep(await createRegistry({ seed: { index: { ref: "demo/multi", images } } }));
  const { descriptor, json } = registry.manifest("demo/multi:latest");
  strictEqual(descriptor.mediaType, "application/vnd.oci.image.index.v1+json");
  const { manifests } = json();
  for (const [at, { digest, platform }] of manifests.entries()) {
    const { config, layers } = await pull(registry.fetch, "demo/multi", digest);
    const { os, architecture, variant } = config;
    deepStrictEqual([os, architecture, variant].filter(Boolean).join("/"), platforms[at]);
    deepStrictEqual(platform, JSON.parse(JSON.stringify({ os, architecture, variant })));
    deepStrictEqual(Object.keys(files(layers[0])), [platforms[at]]);
  }
});

test("an artifact is listed at its subject", async () => {
  const registry = keep(await createRegistry({ seed: { ref: "a:1", image: {} } }));
  const seed = {
    artifact: { subject: "a:1", artifactType: "application/spdx+json", blobs: [new Uint8Array([123, 125])] },
  };
  const [made] = await registry.seed(seed);
  strictEqual(made.artifactType, "application/spdx+json");
  const subject = registry.manifest("a:1").descriptor;
  const { manifests } = await (await registry.fetch(`/v2/a/referrers/${subject.digest}`)).json();
  deepStrictEqual(manifests, [made]);
  const { json } = registry.manifest(`a@${made.digest}`);
  deepStrictEqual(json().subject, subject);
  strictEqual(Buffer.from(registry.blob(json().layers[0].digest)).toString(), "{}");
});

test("blobs and manifests are kept as they are", async () => {
  const registry = keep(await createRegistry());
  const bytes = Buffer.from(
    ' { "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [], "schemaVersion": 2 } ',
  );
  const made = await registry.seed(
    { blob: { repository: "a", bytes: "hello" } },
    { blob: { repository: "a", bytes: "" } },
    { blob: { repository: "a", bytes: "\ud800" } },
    { manifest: { ref: "a:1", bytes } },
    { manifest: { ref: "a:2", mediaType: "a/b", json: { z: 1, a: { files: ["x"], bytes: new Date(0) } } } },
  );
  deepStrictEqual(
    made.map(({ size }) => size),
    [5, 0, 3, bytes.length, 62],
  );
  strictEqual(made[0].digest, sha256("hello"));
  deepStrictEqual(Buffer.from(registry.manifest("a:1").bytes), bytes);
  const written = '{"a":{"bytes":"1970-01-01T00:00:00.000Z","files":["x"]},"z":1}';
  strictEqual(Buffer.from(registry.manifest("a:2").bytes).toString(), written);
  deepStrictEqual(registry.calls(), []);
});

test("a JSON file stands in place of its seeds", async () => {
  const json = JSON.parse(
    JSON.stringify([{ ref: "a:1", image: ONE_FILE }, { blob: { repository: "b", bytes: { base64: "aGk=" } } }]),
  );
  const registry = keep(await createRegistry());
  const made = await registry.seed({ json }, { json: json[0] }, { ref: "c", image: ONE_FILE });
  deepStrictEqual(
    made.map(({ digest }) => digest),
    [pinned()["one file"], sha256("hi"), pinned()["one file"], pinned()["one file"]],
  );
  deepStrictEqual(registry.repositories(), ["a", "b", "c"]);
});

test("bytes that the caller changes later are those that were given", async () => {
  const [text, start] = [
    Buffer.from("hello"),
    Buffer.from('{"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2,"manifests":[]}'),
  ];
  const given = { layer: Buffer.from(text), blob: Buffer.from(text), manifest: Buffer.from(start) };
  const change = () => Object.values(given).forEach((bytes) => bytes.fill(0));
  const seeds = [
    { ref: "a:1", image: { layers: [given.layer], files: { file: given.blob } } },
    { blob: { repository: "a", bytes: given.blob } },
    { manifest: { ref: "a:2", bytes: given.manifest } },
  ];
  const making = startRegistry({ seed: seeds });
  change();
  const registry = keep(await making);
  const check = async () => {
    const { layers } = await pull(registry.fetch, "a", "1");
    deepStrictEqual([layers[0], files(layers[1]).file], [text, text]);
    deepStrictEqual(Buffer.from(registry.blob(sha256("hello"))), text);
    deepStrictEqual(Buffer.from(registry.manifest("a:2").bytes), start);
  };
  await check();
  registry.reset();
  await check();
  given.blob.write("other");
  const seeding = registry.seed({ blob: { repository: "a", bytes: given.blob } });
  change();
  deepStrictEqual(Buffer.from(registry.blob((await seeding)[0].digest)).toString(), "other");
});

test("memory comes back", async () => {
  const registry = keep(await createRegistry());
  const before = registry.snapshot();
  const { bytes } = registry.stats();
  await registry.seed({ blob: { repository: "a", bytes: new Uint8Array(3 << 20) } });
  strictEqual(registry.stats().bytes - bytes, 3 << 20);
  await registry.seed({ ref: "a:1", image: {} });
  await rejects(registry.seed({ ref: "A", image: {} }), { code: "ERR_SEED" });
  registry.restore(before);
  strictEqual(registry.stats().bytes, bytes);
});

const image = (image) => ({ ref: "a:1", image });

test("seeds that cannot be are told, with their place, and nothing is put in", async () => {
  const circle = {};
  circle.circle = circle;
  for (const [seed, message, hint] of [
    [
      image({ flies: {} }),
      'seed[1].image.flies: there is no such member; did you mean "files"?',
      'did you mean "files"?',
    ],
    [image({ files: { "../a": "" } }), /^seed\[1\]\.image\.files\["\.\.\/a"\]: a path must not go by/],
    [image({ files: { a: 1 } }), /^seed\[1\]\.image\.files\["a"\]: expected a string/],
    [image({ files: { "a; b": () => 1 } }), /^seed\[1\]\.image\.files\["a; b"\]: it is a function; give what JSON/],
    [
      image({ files: { a: { part: 0 } } }),
      /^seed\[1\]\.image\.files\["a"\]\.part: there is no such member; give a string/,
    ],
    [image({ broken: "layer-byte" }), /^seed\[1\]\.image\.broken: "layer-byte" is no way .* "layer-bytes"\?$/],
    [image({ platform: "linux" }), /^seed\[1\]\.image\.platform: "linux" is no platform; expected one such as/],
    [image({ config: { a: [{ b: Buffer.from("x") }] } }), /^seed\[1\]\.image\.config\.a\[0\]\.b: bytes have no place/],
    [image({ config: circle }), /^seed\[1\]\.image\.config\.circle.*: it is too deep; does something there hold/],
    [image({ config: { a: 1n } }), /^seed\[1\]\.image\.config\.a: it is 1; give what JSON can say/],
    [image({ annotations: { "\ud800": "" } }), /^seed: this is no JSON/],
    [{ index: { ref: "a", images: [{}, { files: { "": "x" } }] } }, /^seed\[1\]\.index\.images\[1\]\.files\[""\]: /],
    [
      { artifact: { ref: "a", artifactType: "x" } },
      /^seed\[1\]\.artifact\.artifactType: "x" is no media type; expected/,
    ],
    [{ artifact: { subject: "a:9", artifactType: "a/b" } }, /^seed\[1\]: .*"v?9".*; change the seed/],
    [{ blob: { repository: "A B", bytes: "" } }, /^seed\[1\]\.blob\.repository: /],
    [
      { manifest: { ref: "a", mediaType: "application/vnd.oci.image.manifest.v1+json", bytes: "{" } },
      /^seed\[1\]: manifest/,
    ],
    [{ manifest: { ref: "a", json: {} } }, /^seed\[1\]: .*it has no mediaType/],
    [{ json: [image({}), { ref: "A", image: {} }] }, /^seed\[1\]\.json\[1\]\.ref: "A" is no reference/],
    [{ json: "x" }, /^seed\[1\]\.json: expected an object, got "x"/],
    [{ json: [], ref: "a" }, /^seed\[1\]\.ref: there is no such member; "json" stands alone/],
    [{ imgae: {}, ref: "a" }, /^seed\[1\]\.imgae: there is no such member; did you mean "image"\?/],
    [{ repository: "a" }, /^seed\[1\]\.repository: there is no such member; there are ref, image/],
    [{}, /^seed\[1\]: a seed has exactly one of image/],
    [null, /^seed\[1\]: expected an object, got null/],
    [undefined, /^seed\[1\]: expected an object, got null/],
    [Buffer.from("x"), /^seed\[1\]: header at byte 0: the archive ends after 1 of its 512 bytes/],
  ]) {
    const registry = keep(await createRegistry());
    const seeds = [{ ref: "good:1", image: {} }, seed];
    const told = (error) => {
      ok(error instanceof RegistryError);
      strictEqual(error.code, "ERR_SEED", error.stack);
      if (typeof message === "string") strictEqual(error.message, message);
      else match(error.message, message);
      ok(error.message.endsWith(`; ${error.hint}`));
      if (hint) strictEqual(error.hint, hint);
      return true;
    };
    await rejects(registry.seed(...seeds), told);
    deepStrictEqual([registry.repositories(), registry.stats().bytes], [[], 0]);
    await rejects(createRegistry({ seed: seeds }), told);
  }
  await rejects(createRegistry({ seed: "demo" }), { code: "ERR_OPTION" });
});

test("limits hold", async () => {
  const registry = keep(await createRegistry({ limits: { blobBytes: 3 } }));
  await rejects(registry.seed({ blob: { repository: "a", bytes: "hello" } }), {
    code: "ERR_SEED",
    message: /^seed\[0\]: .*3/,
  });
  deepStrictEqual(registry.repositories(), []);
});
