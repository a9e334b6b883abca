/** Lists tags with a token that the registry's clock does not take yet. */
export default async function list({ ask, login, sleep }) {
  const challenge = (await ask("GET", "/v2/app/tags/list")).headers.get("www-authenticate");
  const headers = { authorization: `Bearer ${await login(challenge)}` };
  const again = () => ask("GET", "/v2/app/tags/list", headers);
  let answer = await again();
  // Clocks differ: a token that was just given is worth another try.
  for (let tries = 1; answer.status === 401 && tries <= 3; tries++) {
    await sleep(500 * tries);
    answer = await again();
  }
  return answer.status;
}
