/** Attaches an artifact to an image. */
export default async function attach({ ask, artifact, type, fallback, index }) {
  const answer = await ask("PUT", `/v2/app/manifests/${artifact.digest}`, { "content-type": type }, artifact.text);
  if (answer.status !== 201) return answer.status;
  return answer.status;
}
