/** Lists tags, two at a time. */
export default async function list({ ask }) {
  const tags = [];
  for (let last = ""; ; last = tags.at(-1)) {
    const answer = await ask("GET", `/v2/app/tags/list?n=2&last=${last}`);
    const page = (await answer.json()).tags;
    if (page.length === 0) return tags;
    tags.push(...page);
  }
}
