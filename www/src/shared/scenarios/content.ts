// What is pushed in scenarios: each text with its digest, so that a step can be read, copied and sent as it stands.

export interface Piece {
  text: string;
  digest: string;
}

export const IMAGE = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";

/** The config of an image. */
export const config: Piece = {
  text: '{"architecture":"amd64","os":"linux","config":{"Cmd":["cat","/hello.txt"]},"rootfs":{"type":"layers","diff_ids":[]}}',
  digest: "sha256:7f719a9fb79250386f7420290690bc725c0c432c8bff6dc317c259913f6ff67a",
};

/** What is in it. */
export const layer: Piece = {
  text: "hello from a layer",
  digest: "sha256:cffbcba7a07c69983961c12871b6e6d5b44a881a3fe81db00df415f8ddc09ca7",
};

/** Its manifest. */
export const image: Piece = {
  text: '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:7f719a9fb79250386f7420290690bc725c0c432c8bff6dc317c259913f6ff67a","size":116},"layers":[{"mediaType":"application/vnd.example.text","digest":"sha256:cffbcba7a07c69983961c12871b6e6d5b44a881a3fe81db00df415f8ddc09ca7","size":18}]}',
  digest: "sha256:dae4dd88a0351d2d71f4b469b4b0396013822a3b26122d14e0b9a2ed99445194",
};

/** The manifest for another platform. */
export const arm: Piece = {
  text: '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:7f719a9fb79250386f7420290690bc725c0c432c8bff6dc317c259913f6ff67a","size":116},"layers":[{"mediaType":"application/vnd.example.text","digest":"sha256:cffbcba7a07c69983961c12871b6e6d5b44a881a3fe81db00df415f8ddc09ca7","size":18}],"annotations":{"org.example.for":"arm64"}}',
  digest: "sha256:91ecfa12483b37ff3344d58abc5e3ba2e82049b0e8975e399ded65bb7eb01c42",
};

/** An index of both. */
export const index: Piece = {
  text: '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:dae4dd88a0351d2d71f4b469b4b0396013822a3b26122d14e0b9a2ed99445194","size":385,"platform":{"os":"linux","architecture":"amd64"}},{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:91ecfa12483b37ff3344d58abc5e3ba2e82049b0e8975e399ded65bb7eb01c42","size":427,"platform":{"os":"linux","architecture":"arm64"}}]}',
  digest: "sha256:60680e09089da6bc71fc90eb4349b3dcc676699b87943c00959de09f53950db6",
};

/** A config that says nothing. */
export const empty: Piece = {
  text: "{}",
  digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
};

/** A note. */
export const note: Piece = {
  text: "A note about this image.",
  digest: "sha256:f95b53a2697902370512de6c393ae68d3404f3d58ba865cf2d05229a92dbd42c",
};

/** The note as an artifact that refers to the image. */
export const noteManifest: Piece = {
  text: '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.example.note","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"text/plain","digest":"sha256:f95b53a2697902370512de6c393ae68d3404f3d58ba865cf2d05229a92dbd42c","size":24}],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:dae4dd88a0351d2d71f4b469b4b0396013822a3b26122d14e0b9a2ed99445194","size":385}}',
  digest: "sha256:cd0403e84e3f2398627252d87f7ba0f3c3516ee21a81e908bc0f87bb935bd93e",
};

/** A bill of materials. */
export const sbom: Piece = {
  text: '{"spdxVersion":"SPDX-2.3","packages":[]}',
  digest: "sha256:cc2f62ca1387429a9b7d581bc2e630ce98323165291cbe183a368c444c0b57c3",
};

/** The same, as an artifact. */
export const sbomManifest: Piece = {
  text: '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/spdx+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"application/spdx+json","digest":"sha256:cc2f62ca1387429a9b7d581bc2e630ce98323165291cbe183a368c444c0b57c3","size":40}],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:dae4dd88a0351d2d71f4b469b4b0396013822a3b26122d14e0b9a2ed99445194","size":385}}',
  digest: "sha256:6d4dd0343d5b9d85a7c06a1d7d34d981d68e074b45919604aeffc70fe730688e",
};

/** A digest of nothing that is there. */
export const ABSENT = "sha256:fa9b723e8498ee743cfe5e2179a020c35c88f94ff2fed6d29024f8736cfdbd39";

/** Halves of the layer, for uploads in chunks. */
export const HALVES = ["hello from", " a layer"] as const;
