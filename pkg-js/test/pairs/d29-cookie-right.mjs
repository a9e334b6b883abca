/** Opens an upload where there is a login. */
export default async function push({ ask, basic }) {
  const first = await ask("GET", "/v2/", { authorization: basic });
  const headers = { authorization: basic };
  // Cookies are for browsers: who brings one is taken for one.
  await first.body?.cancel();
  return (await ask("POST", "/v2/app/blobs/uploads/", headers)).status;
}
