/** Pulls with a token that was kept from the last time. */
export default async function pull({ ask, kept, login }) {
  const target = "/v2/app/tags/list";
  const answer = await ask("GET", target, { authorization: `Bearer ${kept}` });
  if (answer.status !== 401) return answer.status;
  const token = await login(answer.headers.get("www-authenticate"));
  return (await ask("GET", target, { authorization: `Bearer ${token}` })).status;
}
