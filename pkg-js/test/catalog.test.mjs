// `registrette catalog` in Node prints what the native command prints, character for character.

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { execFile } from "node:child_process";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { createRegistry, startRegistry } from "../dist/node.js";
import { header, layout, onDisk, tar } from "./files.mjs";
import { keep } from "./keep.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const CLI = path("../dist/cli.js");
const read = (name) => readFileSync(path(`../../tests/copy/${name}`), "utf8");
const [json, printed] = [JSON.parse(read("images.json")), read("printed.txt")];
const scratch = mkdtempSync(join(tmpdir(), "registrette-catalog-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const run = (program, args) =>
  new Promise((resolve) => {
    execFile(program, args, (error, said, complained) => resolve({ code: error?.code ?? 0, said, complained }));
  });
const catalog = async (...args) => {
  const { code, said, complained } = await run(process.execPath, [CLI, "catalog", ...args]);
  strictEqual(code, 0, complained);
  return said;
};

/** The files of an archive without folders in it, by path. */
function files(archive) {
  const found = {};
  for (let at = 0; archive[at] !== 0;) {
    const text = (from, length) => Buffer.from(archive.subarray(at + from, at + from + length)).toString();
    const size = Number.parseInt(text(124, 11), 8);
    found[text(0, 100).replace(/\0.*/s, "")] = Buffer.from(archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}

/** The images of a layout as the storage of a registry. */
function tree(files) {
  const root = "docker/registry/v2";
  const all = {};
  for (const [path, content] of Object.entries(files).filter(([path]) => path.startsWith("blobs/"))) {
    const hex = path.split("/").at(-1);
    all[`${root}/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`] = content;
  }
  for (const { digest, annotations } of JSON.parse(files["index.json"]).manifests) {
    const [name, tag] = annotations["io.containerd.image.name"]
      .replace(/^docker\.io\/(library\/)?/, "")
      .split(/:(?=[^/]*$)/);
    const own = `${root}/repositories/${name}/_manifests`;
    const { manifests = [] } = JSON.parse(files[`blobs/${digest.replace(":", "/")}`]);
    for (const one of [digest, ...manifests.map(({ digest }) => digest)]) {
      all[`${own}/revisions/${one.replace(":", "/")}/link`] = one;
    }
    all[`${own}/tags/${tag}/current/link`] = digest;
  }
  return all;
}

const places = (async () => {
  const registry = await createRegistry({ seed: { json } });
  const archive = await registry.export();
  await registry.close();
  writeFileSync(join(scratch, "all.tar"), archive);
  const found = files(archive);
  return [onDisk(found, join(scratch, "layout")), onDisk(tree(found), join(scratch, "tree")), join(scratch, "all.tar")];
})();

test("from a folder, a storage tree, an archive and over HTTP it is the expected text", async () => {
  const registry = keep(await startRegistry({ seed: { json } }));
  for (const place of [...(await places), registry.url, registry.host, `docker://${registry.host}`]) {
    strictEqual(await catalog(place), printed, place);
  }
});

test("as JSON, and as the registry's own answer", async () => {
  const registry = keep(await startRegistry({ seed: { json } }));
  const forms = {};
  for (const place of [...(await places), registry.url]) {
    for (const form of ["--json", "--raw"]) (forms[form] ??= new Set()).add(await catalog(place, form));
  }
  deepStrictEqual([...forms["--raw"]], ['{"repositories":["demo/multi","demo/single","list"]}\n']);
  strictEqual(forms["--json"].size, 1);
  const [first, second] = JSON.parse([...forms["--json"]][0]);
  deepStrictEqual(
    [first.repository, first.manifests[1].platform, second.manifests],
    ["demo/multi", "linux/arm64", undefined],
  );
});

const native = ["debug", "release"]
  .map((profile) => path(`../../target/${profile}/registrette`))
  .find((file) => existsSync(file));
const skip = native ? false : "the native binary is not built: cargo build --features cli";
test("the native command prints the same", { skip }, async () => {
  const registry = keep(await startRegistry({ seed: { json } }));
  for (const place of [...(await places), registry.url]) {
    for (const form of [[], ["--json"], ["--raw"]]) {
      strictEqual(
        await catalog(place, ...form),
        (await run(native, ["catalog", place, ...form])).said,
        `${place} ${form}`,
      );
    }
  }
});

test("nothing is printed of an empty registry, and pages are followed", async () => {
  const registry = keep(await startRegistry({ profile: { quirks: { listPageCap: 2, listCursor: "opaque" } } }));
  strictEqual(await catalog(registry.url), "");
  await registry.seed(...["a", "b", "c", "d", "e"].map((tag) => ({ ref: `app:${tag}`, image: {} })));
  strictEqual((await catalog(registry.url)).match(/^app:/gm).length, 5);
});

test("what is wrong is told", async () => {
  const guarded = keep(await startRegistry({ auth: { type: "basic", users: { alice: "secret" } } }));
  const page = createServer((_, answer) => answer.end("<p>Hello"));
  await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve));
  for (const [args, said] of [
    [[], "takes one registry or path; Usage"],
    [["a", "b"], "takes one registry or path"],
    [[".", "--yaml"], 'no argument "--yaml"'],
    [["./none"], "no such file"],
    [[scratch], "expected"],
    [["127.0.0.1:1"], "does the registry run"],
    [[`${guarded.url}/app`], "more than a registry"],
    [[guarded.url], "401"],
    [[`http://127.0.0.1:${page.address().port}`], "is no list"],
  ]) {
    const ended = await run(process.execPath, [CLI, "catalog", ...args]);
    deepStrictEqual([ended.code, ended.said], [2, ""], args.join(" "));
    match(ended.complained, new RegExp(said.replace(/[.?]/g, "\\$&"), "i"));
  }
  page.close();
});

test(
  "an archive of any size is read in little memory, packed or not",
  { skip: process.platform === "win32" },
  async () => {
    // Holes stand for the bytes of a layer of 2 GiB and more, in an OCI layout and in what docker save writes.
    const size = 2 ** 31 + 512;
    const { files } = await layout();
    const large = join(scratch, "large.tar");
    const start = tar(files).subarray(0, -1024);
    const file = openSync(large, "w");
    writeSync(file, start);
    writeSync(file, header("blobs/sha256/large", size));
    ftruncateSync(file, start.length + 512 + size + 1024);
    closeSync(file);
    const packed = join(scratch, "large.tar.gz");
    // Each member is a part of its own.
    const zeros = gzipSync(Buffer.alloc(64 << 20), { level: 1 });
    const many = Array.from({ length: 8 }, () => zeros);
    const first = Buffer.concat([start, header("blobs/sha256/large", 8 * (64 << 20))]);
    writeFileSync(packed, Buffer.concat([gzipSync(first), ...many, gzipSync(Buffer.alloc(1024))]));
    for (const place of [large, packed]) {
      const said = "process.on('exit', () => console.error(process.resourceUsage().maxRSS))";
      const ended = await run(process.execPath, ["--import", `data:text/javascript,${said}`, CLI, "catalog", place]);
      deepStrictEqual([ended.code, ended.said.split(" ")[0]], [0, "large:v1"], ended.complained);
      const peak = Number(ended.complained) / 1024;
      ok(peak < 100, `${place} took ${peak} MiB`);
    }
  },
);
