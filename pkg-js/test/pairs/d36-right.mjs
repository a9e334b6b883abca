/** Attaches an artifact to an image. */
export default async function attach({ ask, artifact, type, fallback, index }) {
  const answer = await ask("PUT", `/v2/app/manifests/${artifact.digest}`, { "content-type": type }, artifact.text);
  if (answer.status !== 201) return answer.status;
  // Who lists it says so; else it is for us to list.
  if (!answer.headers.has("oci-subject")) {
    const known = await ask("GET", fallback, { accept: index.type });
    const added = index.of(known.status === 200 ? await known.json() : undefined, artifact);
    return (await ask("PUT", fallback, { "content-type": index.type }, added)).status;
  }
  return answer.status;
}
