/** Pulls a manifest where there is a limit. */
export default async function pull({ ask, sleep }) {
  let answer;
  for (let tries = 0; tries < 3; tries++) {
    answer = await ask("GET", "/v2/app/manifests/v1");
    if (answer.status !== 429) break;
    const after = answer.headers.get("retry-after") ?? "1";
    // Seconds, or a date.
    await sleep(
      /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.parse(answer.headers.get("date")),
    );
  }
  return answer.status;
}
