// `registrette serve --load` in Node: images that are there from the start.

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { at, layout, onDisk, storage, tar } from "./files.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const CLI = path("../dist/cli.js");
const native = ["debug", "release"]
  .map((profile) => path(`../../target/${profile}/registrette`))
  .find((file) => existsSync(file));
const scratch = mkdtempSync(join(tmpdir(), "registrette-load-"));
const children = new Set();
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("REGIST")));

/** Serves, and gives the address and what was said before it. */
async function serve(args, more = {}, [program, ...first] = [process.execPath, CLI]) {
  const all = [...first, "serve", "--addr", "127.0.0.1:0", ...args];
  const child = spawn(program, all, { env: { ...env, ...more } });
  children.add(child);
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const line = (await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()).value ?? "";
  const [, url] = /^listening on (.*)$/.exec(line) ?? [];
  ok(url, said);
  return { url, said: () => said };
}

/** Ends by itself: what it complained of. */
function refused(...args) {
  const done = spawnSync(process.execPath, [CLI, "serve", "--addr", "127.0.0.1:0", ...args], { env, timeout: 60_000 });
  const said = String(done.stderr);
  deepStrictEqual([done.status, String(done.stdout)], [2, ""], `${args}: ${said}`);
  strictEqual(said.trimEnd().split("\n").length, 1, said);
  return said;
}

const json = async (url, target) => (await fetch(url + target)).json();
const image = await layout();
const write = (name, bytes) => {
  writeFileSync(join(scratch, name), bytes);
  return join(scratch, name);
};

test("every form is loaded, a line each, and is there after a reset", async () => {
  const forms = [
    onDisk(image.files, join(scratch, "folder")),
    write("plain.tar", tar(image.files)),
    write("packed.tar.gz", gzipSync(tar(image.files))),
    `named/app=${write("unnamed.tar", tar(image.files))}`,
    onDisk(storage(image.files, image.digest), join(scratch, "tree")),
    write(
      "seeds.json",
      JSON.stringify([{ ref: "made:v2", image: { files: { a: "1" } } }, { blob: { repository: "made", bytes: "x" } }]),
    ),
  ];
  const { url, said } = await serve(["--control", ...forms.flatMap((form) => ["--load", form])]);
  const names = ["deep/app", "folder", "made", "named/app", "packed", "plain"];
  deepStrictEqual(await json(url, "/v2/_catalog"), { repositories: names });
  const lines = said().trimEnd().split("\n");
  match(lines[0], /\(2\.\d KiB\)$/);
  const size = lines[0].slice(lines[0].indexOf("("));
  const loaded = ["folder", "plain", "packed", "named/app", "deep/app"];
  deepStrictEqual(
    lines.slice(0, 5),
    loaded.map((name) => `loaded ${name}:v1@${image.digest} ${size}`),
  );
  match(lines[5], /^loaded made:v2 sha256:[0-9a-f]{64}$/);
  match(lines[6], /^loaded a blob of made sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881$/);
  if (native) {
    const other = await serve(
      forms.flatMap((form) => ["--load", form]),
      {},
      [native],
    );
    strictEqual(said(), other.said());
  }
  const control = {
    method: "POST",
    headers: { "Registrette-Control": "1", "Content-Type": "application/json" },
    body: "{}",
  };
  strictEqual((await fetch(`${url}/_control/reset`, control)).ok, true);
  deepStrictEqual(await json(url, "/v2/_catalog"), { repositories: names });
});

test("by its variable, and of nothing", async () => {
  const empty = write(
    "empty.tar",
    tar({ "oci-layout": '{"imageLayoutVersion":"1.0.0"}', "index.json": '{"schemaVersion":2,"manifests":[]}' }),
  );
  const { said } = await serve([], { REGISTRETTE_LOAD: empty });
  strictEqual(said(), `loaded nothing from ${empty}: it holds no image\n`);
});

test("what is wrong is told, and nothing is served", async () => {
  const without = (...gone) => Object.fromEntries(Object.entries(image.files).filter(([name]) => !gone.includes(name)));
  const blob = at(image.layer);
  const out = join(scratch, "out");
  onDisk(without(blob), out);
  writeFileSync(join(scratch, "secret"), "x");
  mkdirSync(join(out, "blobs/sha256"), { recursive: true });
  symlinkSync(join(scratch, "secret"), join(out, blob));
  const damaged = Buffer.from(image.files[blob]);
  damaged[0] ^= 1;
  for (const [given, wanted] of [
    [join(scratch, "none"), "no such file"],
    [write("text.tar", "not an archive at all".repeat(100)), "checksum is wrong; expected a tar archive"],
    [write("cut.tar", tar(image.files).subarray(0, 1600)), "the archive ends after"],
    [write("bad.tar.gz", Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(40, 7)])), "cannot be unpacked"],
    [write("up.tar", tar({ "../x": "" })), 'it leads out of the archive by ".."'],
    [write("absolute.tar", tar({ "/etc/x": "" })), "its name is absolute"],
    [write("missing.tar", tar(without(blob))), `it names the blob ${image.layer}, which is not there`],
    [write("damaged.tar", tar({ ...image.files, [blob]: damaged })), `blob ${image.layer} of damaged: `],
    [out, "leads out of the folder"],
    [write("wrong.json", "[{]"), "JSON"],
    [write("seed.json", '[{"ref":"a:v1","image":{}},{"ref":"b:v1","imag":{}}]'), "seed.json: [1]"],
    [`Wrong=${scratch}`, '"Wrong" is no name of a repository'],
    ["http://127.0.0.1:1/a.tar", "images are loaded from paths here"],
  ]) {
    const said = refused("--load", join(scratch, "plain.tar"), "--load", given);
    ok(said.includes(`--load ${given}`) && said.includes(wanted), `${given}: ${said}`);
  }
});

test("a disk that is full is told of", { skip: !existsSync("/bin/sh") }, () => {
  const packed = write("room.tar.gz", gzipSync(tar({ ...image.files, large: Buffer.alloc(1 << 20) })));
  // A limit on the size of files stands for a disk without room.
  const script = `trap '' XFSZ; ulimit -f 1; exec "$0" "$@"`;
  const args = ["-c", script, process.execPath, CLI, "serve", "--addr", "127.0.0.1:0", "--load", packed];
  const done = spawnSync("/bin/sh", args, { env, timeout: 60_000 });
  strictEqual(done.status, 2);
  match(String(done.stderr), /cannot be unpacked to disk: EFBIG/);
});
