import {
  createRegistry,
  RegistryError,
  type Call,
  type Descriptor,
  type Registry,
  type RegistryOptions,
} from "registrette";
import { interceptFetch } from "registrette/intercept";
import { matchers } from "registrette/matchers";
import { listen, startRegistry, type ListenOptions, type RegistryServer } from "registrette/node";

import { roundTrip } from "./round-trip.js";

const options: RegistryOptions & ListenOptions = {
  seed: [
    { ref: "seeded:v1", image: { files: { "foo.txt": "foo", "bar.bin": new Uint8Array(3) }, broken: "layer-bytes" } },
    { artifact: { subject: "seeded:v1", artifactType: "application/spdx+json" } },
  ],
  clock: "virtual",
  limits: { manifestBytes: 1024 },
  port: 0,
};

async function main(): Promise<string> {
  await using registry = await startRegistry(options);
  const both: Registry & RegistryServer = registry;
  const digest: string = await roundTrip(fetch, both.url);

  const tags: string[] = registry.tags("app");
  const calls: readonly Call[] = registry.calls({
    operation: "manifest.put",
    status: (status: number) => status === 201,
  });
  const descriptor: Descriptor | undefined = registry.manifest("app:v1")?.descriptor;
  const before = registry.snapshot();
  registry.clock.advance(1000);
  registry.restore(before);
  if (tags.length !== 1 || calls.length !== 1 || descriptor?.digest !== digest)
    throw new Error("what was pushed is not there");

  using _interception = interceptFetch(registry, ["https://registry.test"]);
  const response: Response = await registry.fetch("/v2/", { method: "HEAD" });
  if (response.status !== 200 || !matchers.toHaveTag(registry, "app:v1").pass)
    throw new Error("a registry that does not answer");

  await (await listen(await createRegistry())).close();
  return digest;
}

async function refused(): Promise<string> {
  try {
    // @ts-expect-error There is no such option.
    await createRegistry({ sede: [] });
    return "nothing";
  } catch (error) {
    return error instanceof RegistryError ? error.code : String(error);
  }
}

if ((await refused()) !== "ERR_OPTION") throw new Error("an unknown option was taken");
console.log(await main());
