/**
 * Bytes, text that stands for its UTF-8, base64 with its padding, for JSON files, or so many bytes that are made by a formula when
 * they are asked for, and kept nowhere. An answer that holds them is made as a whole.
 */
export type Content =
  string | Uint8Array | { base64: string } | { virtual: number; seed?: number; formula?: "noise" | "zeros" };

/**
 * What is wrong with an image, and only that. A client that verifies what it pulls notices each. "The layer" is the last.
 *
 * - `layer-bytes`: the bytes kept for the layer are not what its digest says; their length is right, and they are the files
 *   that were asked for. Only who hashes them notices.
 * - `layer-digest`: the manifest gives the layer a digest that nothing is kept under, and a size that is one byte too large.
 *   The layer is there under its own digest, which the config names.
 * - `missing-layer`: manifest and config agree on a layer that is not there.
 * - `missing-config`: the manifest names a config that is not there.
 * - `empty`: the image has no layers, whatever files and layers it is given. Manifest and config agree on it.
 */
export type Broken = "layer-bytes" | "layer-digest" | "missing-layer" | "missing-config" | "empty";

/** An image of one platform. The same one has the same digests, for ever. */
export interface ImageSpec {
  /** `os/architecture` or `os/architecture/variant`. Default `linux/amd64`. */
  platform?: string;
  /** Files by path: one layer, on top of `layers`. Without any, and without `layers`, it is an archive of no files. */
  files?: Readonly<Record<string, Content>>;
  /**
   * Layers that are there already, lowest first, kept as they are. One that is gzip or zstd gets that type, and then `config`
   * has to give `rootfs`: what it hashes to unpacked is not known here.
   */
  layers?: readonly Content[];
  /** Members of the config document, each in place of the one that would be made. */
  config?: object;
  /** Docker's media types in place of OCI's. */
  docker?: boolean;
  /** Annotations of the manifest, which Docker's does not have. */
  annotations?: Readonly<Record<string, string>>;
  /** What is to be wrong with it. */
  broken?: Broken;
}

/** An image of several platforms: an OCI index, or Docker's manifest list where all its images are Docker's. */
export interface IndexSpec {
  ref: string;
  images: readonly ImageSpec[];
  /** Docker's media types for it and all its images. */
  docker?: boolean;
  annotations?: Readonly<Record<string, string>>;
}

/** Content that is no image, such as a signature or an SBOM. `ref`, `subject` or both say where it goes. */
export interface ArtifactSpec {
  ref?: string;
  /** What it is about: a manifest of the same repository, in the registry or an earlier seed. It lists this as a referrer. */
  subject?: string;
  /** Its media type, such as `application/spdx+json`. */
  artifactType: string;
  /** Its content; a blob without a media type is `application/octet-stream`. Without any, it has the one blob `{}`. */
  blobs?: readonly (Content | { bytes: Content; mediaType?: string; annotations?: Readonly<Record<string, string>> })[];
  annotations?: Readonly<Record<string, string>>;
}

/** A blob as it is. */
export interface BlobSpec {
  repository: string;
  /** The digest that it must have. Default: it gets its sha256. */
  digest?: string;
  bytes: Content;
}

/** A manifest as it is, of which nothing needs to be there. One as `json` is written without blanks, its members sorted. */
export type ManifestSpec = {
  ref: string;
  /** Default: what the manifest says itself in `mediaType`. */
  mediaType?: string;
} & ({ bytes: Content; json?: never } | { json: unknown; bytes?: never });

/** What a JSON file of seeds holds: one, or a list. It is checked when it is put in, not by TypeScript. */
export type RegistryFixture = object;

/**
 * Content to put into a registry.
 *
 * A `ref` is `repository:tag`, `repository@digest` or both; a repository alone means the tag `latest`. A digest is an
 * expectation: other content is refused.
 */
export type Seed =
  | { ref: string; image: ImageSpec }
  | { index: IndexSpec }
  | { artifact: ArtifactSpec }
  | { blob: BlobSpec }
  | { manifest: ManifestSpec }
  | { json: RegistryFixture }
  | ImagesSpec
  | Uint8Array
  | ArrayBuffer
  | Blob;

/**
 * Images in files: an OCI layout, what `docker save` writes, or the storage of a registry, as an archive (packed by gzip or zstd,
 * or not) or as files. An archive alone can stand in its place. `layoutDir` and `storageDir` of `registrette/node` read folders.
 */
export interface ImagesSpec {
  images: Uint8Array | ArrayBuffer | Blob | ImageFiles;
  /** The repository of images that have a tag alone, or no name. Default: the name of the file or folder, else `image`. */
  name?: string;
}

/** Files by their paths below one root, joined by `/`. What fails throws. */
export interface ImageFiles {
  /** The names in a folder, a folder's with a `/` at its end; none where there is no such folder. The root is `""`. */
  list(folder: string): string[];
  /** The length of a file; `undefined` where there is none. */
  length(path: string): number | undefined;
  /** A part of a file. */
  read(path: string, offset: number, length: number): Uint8Array;
}
