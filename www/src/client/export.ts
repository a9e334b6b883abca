import { askDirect, askWorker, type Poster } from "./ask.js";
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
}

const NAME = "org.opencontainers.image.ref.name";

/** Everything that a tag or a digest pulls, as a tar of an OCI layout. Open sessions and blobs that nothing names stay. */
export async function exported(post: Poster): Promise<Blob> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  /** Reads content once and keeps it; `undefined` where it is not there. */
  const keep = async (target: string, digest: string): Promise<[Uint8Array<ArrayBuffer>, string] | undefined> => {
    const { status, headers, body } = await askDirect(post, { method: "GET", target, headers: [], quiet: true });
    if (status !== 200) return undefined;
    const bytes = body as Uint8Array<ArrayBuffer>;
    files.set(`blobs/${digest.replace(":", "/")}`, bytes);
    return [bytes, headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? ""];
  };
  const manifests: Descriptor[] = [];
  const { repositories } = await askWorker(post, "contents", {});
  for (const { name, tags, untagged } of repositories) {
    const listed = [
      ...tags.map((tag) => [tag.digest, `${name}:${tag.name}`] as const),
      ...untagged.map((digest) => [digest, `${name}@${digest}`] as const),
    ];
    for (const [digest, reference] of listed) {
      const found = await keep(`/v2/${name}/manifests/${digest}`, digest);
      if (!found) continue;
      const [bytes, mediaType] = found;
      manifests.push({ mediaType, digest, size: bytes.length, annotations: { [NAME]: reference } });
      const { config, layers = [] } = parsed(bytes);
      for (const { digest } of [...(config ? [config] : []), ...layers]) {
        const path = `blobs/${digest.replace(":", "/")}`;
        if (!files.has(path)) await keep(`/v2/${name}/blobs/${digest}`, digest);
      }
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
