/** Opens an upload where there is a login. */
export default async function push({ ask, basic }) {
  const first = await ask("GET", "/v2/", { authorization: basic });
  const headers = { authorization: basic };
  const cookie = first.headers.get("set-cookie")?.split(";")[0];
  if (cookie) headers.cookie = cookie;
  return (await ask("POST", "/v2/app/blobs/uploads/", headers)).status;
}
