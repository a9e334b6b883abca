/** Lists what refers to an image, where there may be no referrers API. */
export default async function referrers({ ask, subject }) {
  let answer = await ask("GET", `/v2/app/referrers/${subject}`);
  if (answer.status === 404) {
    answer = await ask("GET", `/v2/app/manifests/${subject.replace(":", "-")}`);
  }
  if (answer.status === 404) return [];
  const { manifests } = await answer.json();
  return manifests.map(({ digest }) => digest);
}
