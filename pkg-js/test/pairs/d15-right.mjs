/** Pulls a blob that is kept elsewhere. */
export default async function pull({ ask, basic, digest }) {
  const headers = { authorization: basic };
  const answer = await ask("GET", `/v2/app/blobs/${digest}`, headers);
  if (answer.status !== 307) return answer.status;
  // What the registry is told is not for whom it sends to.
  const there = await ask("GET", answer.headers.get("location"));
  return there.status;
}
