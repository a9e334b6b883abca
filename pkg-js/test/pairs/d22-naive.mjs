/** Pulls a manifest where there is a limit. */
export default async function pull({ ask, sleep }) {
  let answer;
  for (let tries = 0; tries < 3; tries++) {
    answer = await ask("GET", "/v2/app/manifests/v1");
    if (answer.status !== 429) break;
    await sleep(100);
  }
  return answer.status;
}
