// A test suite: every test comes back to the start, sets a fault, pushes and pulls.

import { createHash } from "node:crypto";

import { startRegistry } from "registrette/node";

const TESTS = 1000;

const digestOf = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

async function expectStatus(answer, status) {
  if (answer.status !== status) throw new Error(`${answer.url} was answered ${answer.status}, expected ${status}`);
  return answer;
}

async function pushAndPull(url, number) {
  const layer = Buffer.from(`layer of test ${number}`);
  const config = Buffer.from("{}");
  for (const blob of [layer, config]) {
    const target = `${url}/v2/suite/app/blobs/uploads/?digest=${digestOf(blob)}`;
    await (await expectStatus(await fetch(target, { method: "POST", body: blob }), 201)).arrayBuffer();
  }
  const described = (mediaType, blob) => ({ mediaType, digest: digestOf(blob), size: blob.length });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: described("application/vnd.oci.empty.v1+json", config),
    layers: [described("application/vnd.oci.image.layer.v1.tar", layer)],
  });
  const put = { method: "PUT", headers: { "content-type": mediaType }, body: manifest };
  await (await expectStatus(await fetch(`${url}/v2/suite/app/manifests/v1`, put), 201)).arrayBuffer();
  await (await expectStatus(await fetch(`${url}/v2/suite/app/manifests/v1`), 503)).arrayBuffer();
  const pulled = await expectStatus(await fetch(`${url}/v2/suite/app/manifests/v1`), 200);
  if ((await pulled.text()) !== manifest) throw new Error("the manifest came back changed");
  await (await expectStatus(await fetch(`${url}/v2/suite/app/blobs/${digestOf(layer)}`), 200)).arrayBuffer();
}

export async function suite() {
  return [
    {
      name: "1,000 tests that each reset, set a fault, push and pull over a socket",
      unit: "s",
      most: 10,
      round: async () => {
        const registry = await startRegistry();
        const before = performance.now();
        for (let i = 0; i < TESTS; i++) {
          registry.reset();
          registry.fault({
            match: { operation: "manifest.get" },
            when: { first: 1 },
            do: [{ verb: "status", status: 503 }],
          });
          await pushAndPull(registry.url, i);
        }
        const seconds = (performance.now() - before) / 1000;
        await registry.close();
        return seconds;
      },
    },
  ];
}
