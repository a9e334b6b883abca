/** Pushes a blob where the start of an upload is sent on to another host. */
export default async function push({ ask, digest }) {
  const first = "http://registry.test/v2/app/blobs/uploads/";
  let [url, answer] = [first, await ask("POST", first)];
  while (answer.status === 307) {
    url = answer.headers.get("location");
    answer = await ask("POST", url);
  }
  const session = new URL(answer.headers.get("location"), first);
  session.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  return (await ask("PUT", session.href, headers, "hello")).status;
}
