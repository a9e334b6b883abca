// What a manifest says, for views. Whatever does not fit is left out: anybody can push anything.

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  artifactType?: string;
  platform?: string;
  annotations: Record<string, string>;
}

export interface Manifest {
  kind: "index" | "manifest";
  mediaType: string;
  artifactType?: string;
  config?: Descriptor;
  layers: Descriptor[];
  manifests: Descriptor[];
  subject?: Descriptor;
  annotations: Record<string, string>;
}

type Json = Record<string, unknown>;

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The manifest or index in these bytes; `undefined` when there is none. */
export function readManifest(bytes: Uint8Array, contentType = ""): Manifest | undefined {
  const json = parseJson(bytes);
  if (!isJson(json)) return undefined;
  const { mediaType, artifactType } = json;
  const type = typeof mediaType === "string" ? mediaType : contentType;
  const isIndex = Array.isArray(json["manifests"]);
  if (!isIndex && !isJson(json["config"]) && !Array.isArray(json["layers"])) return undefined;
  const config = descriptor(json["config"]);
  const subject = descriptor(json["subject"]);
  return {
    kind: isIndex ? "index" : "manifest",
    mediaType: type,
    layers: descriptors(json["layers"]),
    manifests: descriptors(json["manifests"]),
    annotations: strings(json["annotations"]),
    ...(typeof artifactType === "string" && { artifactType }),
    ...(config && { config }),
    ...(subject && { subject }),
  };
}

const descriptors = (value: unknown): Descriptor[] =>
  list(value)
    .map(descriptor)
    .filter((one) => one !== undefined);

function descriptor(value: unknown): Descriptor | undefined {
  if (!isJson(value) || typeof value["digest"] !== "string") return undefined;
  const { mediaType, digest, size, artifactType, platform } = value;
  const name = platformName(platform);
  return {
    mediaType: typeof mediaType === "string" ? mediaType : "",
    digest,
    size: typeof size === "number" && size >= 0 ? size : 0,
    annotations: strings(value["annotations"]),
    ...(typeof artifactType === "string" && { artifactType }),
    ...(name && { platform: name }),
  };
}

function platformName(value: unknown): string | undefined {
  if (!isJson(value)) return undefined;
  return [value["os"], value["architecture"], value["variant"]].filter((part) => typeof part === "string").join("/");
}

function strings(value: unknown): Record<string, string> {
  if (!isJson(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** What a media type is called among people. */
const NAMES: Record<string, string> = {
  "application/vnd.oci.image.index.v1+json": "OCI image index",
  "application/vnd.oci.image.manifest.v1+json": "OCI image manifest",
  "application/vnd.oci.image.config.v1+json": "OCI image config",
  "application/vnd.oci.empty.v1+json": "empty descriptor",
  "application/vnd.docker.distribution.manifest.list.v2+json": "Docker manifest list",
  "application/vnd.docker.distribution.manifest.v2+json": "Docker image manifest",
  "application/vnd.docker.container.image.v1+json": "Docker image config",
  "application/vnd.oci.image.layer.v1.tar": "layer, tar",
  "application/vnd.oci.image.layer.v1.tar+gzip": "layer, tar and gzip",
  "application/vnd.oci.image.layer.v1.tar+zstd": "layer, tar and zstd",
  "application/vnd.docker.image.rootfs.diff.tar.gzip": "layer, tar and gzip",
};

export const typeName = (mediaType: string): string => NAMES[mediaType] ?? mediaType;

/** What bytes are by how they begin. */
export function magic(bytes: Uint8Array): string | undefined {
  const starts = (...wanted: number[]) => wanted.every((byte, i) => bytes[i] === byte);
  if (starts(0x1f, 0x8b)) return "gzip";
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  const ustar = String.fromCharCode(...bytes.subarray(257, 262));
  return ustar === "ustar" ? "tar" : undefined;
}
