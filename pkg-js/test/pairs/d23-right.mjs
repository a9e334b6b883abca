/** Lists all tags, page by page. */
export default async function list({ ask, sleep }) {
  const tags = [];
  let next = "/v2/app/tags/list?n=1";
  while (next) {
    const answer = await ask("GET", next);
    if (answer.status === 429) {
      // This page once more; those before it stay.
      await sleep(Number(answer.headers.get("retry-after")) * 1000);
      continue;
    }
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    tags.push(...(await answer.json()).tags);
    next = /<([^>]+)>/.exec(answer.headers.get("link") ?? "")?.[1];
  }
  return tags.join(" ");
}
