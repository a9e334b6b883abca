/** Pulls with a token that was kept from the last time. */
export default async function pull({ ask, kept, login }) {
  const target = "/v2/app/tags/list";
  let answer = await ask("GET", target, { authorization: `Bearer ${kept}` });
  // Denied without a challenge: what was kept may be all that is wrong. Without it, the registry says what it wants.
  if (answer.status === 403) answer = await ask("GET", target);
  if (answer.status !== 401) return answer.status;
  const token = await login(answer.headers.get("www-authenticate"));
  return (await ask("GET", target, { authorization: `Bearer ${token}` })).status;
}
