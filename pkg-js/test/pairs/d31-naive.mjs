/** Opens an upload, and tries again where that fails. */
export default async function push({ ask, sleep }) {
  let answer;
  for (let tries = 0; tries < 10; tries++) {
    answer = await ask("POST", "/v2/new/blobs/uploads/");
    if (answer.status === 202) break;
    await sleep(1000 * 2 ** tries);
  }
  return answer.status;
}
