// What a request costs without a socket, beside what its Request and Response cost alone.

import { createRegistry } from "registrette";

const TIMES = 3000;

let registry;

/** Microseconds of one call, of many in a row. */
async function each(call) {
  for (let i = 0; i < TIMES / 10; i++) await call();
  const before = performance.now();
  for (let i = 0; i < TIMES; i++) await call();
  return ((performance.now() - before) * 1000) / TIMES;
}

export async function fetches() {
  registry ??= await createRegistry({ seed: { ref: "bench/app:v1", image: { files: { "a.txt": "a" } } } });
  const bytes = registry.manifest("bench/app:v1").bytes;
  const headers = {
    "content-type": "application/vnd.oci.image.manifest.v1+json",
    "content-length": String(bytes.length),
    "docker-content-digest": registry.manifest("bench/app:v1").descriptor.digest,
    etag: '"x"',
  };
  const url = "http://registry.test/v2/bench/app/manifests/v1";
  const pair = async () => {
    const request = new Request(url, { headers: { accept: "*/*" } });
    const answer = new Response(bytes, { headers });
    return (await answer.arrayBuffer()).byteLength + request.url.length;
  };
  const whole = async () => {
    const answer = await registry.fetch(new Request(url, { headers: { accept: "*/*" } }));
    return (await answer.arrayBuffer()).byteLength;
  };
  return [
    { name: "a manifest by registry.fetch", unit: "µs", round: () => each(whole) },
    {
      name: "the same ÷ its Request and Response alone",
      unit: "×",
      most: 2,
      round: async () => {
        const [a, b, c, d] = [await each(whole), await each(pair), await each(pair), await each(whole)];
        return (a + d) / (b + c);
      },
    },
  ];
}
