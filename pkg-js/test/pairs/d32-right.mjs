/** Lists tags, two at a time. */
export default async function list({ ask }) {
  const tags = [];
  for (let last = ""; ; last = tags.at(-1)) {
    const answer = await ask("GET", `/v2/app/tags/list?n=2&last=${last}`);
    const page = (await answer.json()).tags;
    tags.push(...page);
    // More there is only where there is a link to it.
    if (!answer.headers.has("link")) return tags;
  }
}
