/** Pushes a blob. */
export default async function push({ ask, digest }) {
  const start = await ask("POST", "/v2/app/blobs/uploads/");
  const session = start.headers.get("location");
  const headers = { "content-type": "application/octet-stream" };
  const answer = await ask("PUT", `${session}?digest=${digest}`, headers, "hello");
  return answer.status;
}
