import type { Engine } from "../../../pkg-js/src/core/engine.js";
import type { RepositoryContents } from "../shared/protocol.js";
import { joined } from "./answer.js";
import { tar } from "./tar.js";

/** A descriptor, as far as an export follows it. */
interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

interface Manifest {
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
}

const NAME = "org.opencontainers.image.ref.name";

/** Everything that a tag or a digest pulls, as a tar of an OCI layout. Open sessions and blobs that nothing names stay. */
export function exported(engine: Engine): Blob {
  const look = <T>(question: string): T => JSON.parse(engine.call(question, (core) => core.look(question, ""))) as T;
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const keep = (digest: string, bytes: Uint8Array<ArrayBuffer>) =>
    files.set(`blobs/${digest.replace(":", "/")}`, bytes);

  const blob = ({ digest }: Descriptor): void => {
    const chunks = engine.call("blob()", (core) => core.blob(digest));
    if (chunks) keep(digest, joined(chunks));
  };
  const manifests: Descriptor[] = [];
  for (const { name, tags, untagged } of look<RepositoryContents[]>("contents")) {
    const listed = [
      ...tags.map((tag) => [tag.digest, `${name}:${tag.name}`] as const),
      ...untagged.map((digest) => [digest, `${name}@${digest}`] as const),
    ];
    for (const [digest, reference] of listed) {
      const found = engine.call("manifest()", (core) => core.manifest(name, digest));
      if (!found) continue;
      const [mediaType, , bytes] = found;
      keep(digest, bytes);
      manifests.push({ mediaType, digest, size: bytes.length, annotations: { [NAME]: reference } });
      const { config, layers = [] } = parsed(bytes);
      for (const descriptor of [...(config ? [config] : []), ...layers]) blob(descriptor);
    }
  }
  const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
  return tar([["oci-layout", text({ imageLayoutVersion: "1.0.0" })], ["index.json", text(index)], ...files]);
}

function parsed(bytes: Uint8Array): Manifest {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
  } catch {
    return {};
  }
}
