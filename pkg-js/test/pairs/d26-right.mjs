/** Pushes a blob. */
export default async function push({ ask, digest }) {
  const start = await ask("POST", "/v2/app/blobs/uploads/");
  // It may be a path or a URL, with a query of its own or without.
  const session = new URL(start.headers.get("location"), "http://registry.test");
  session.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  const answer = await ask("PUT", session.href, headers, "hello");
  return answer.status;
}
