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
  return answer.status;
}
