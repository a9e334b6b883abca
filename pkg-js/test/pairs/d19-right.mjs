/** Pushes a blob in two chunks, while the token runs out. */
export default async function push({ ask, login, digest, pause }) {
  const start = await ask("POST", "/v2/app/blobs/uploads/");
  const challenge = start.headers.get("www-authenticate");
  const token = await login(challenge);
  const headers = { authorization: `Bearer ${token}` };
  const location = (await ask("POST", "/v2/app/blobs/uploads/", headers)).headers.get("location");
  await ask("PATCH", location, headers, "hel");
  await pause();
  const last = () => ask("PUT", `${location}?digest=${digest}`, headers, "lo");
  const answer = await last();
  if (answer.status !== 401) return answer.status;
  // By name and password, not by the token that has run out.
  headers.authorization = `Bearer ${await login(challenge)}`;
  return (await last()).status;
}
