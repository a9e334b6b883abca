/** Mounts a blob from another repository, with a token for what the challenge names. */
export default async function mount({ ask, basic, digest }) {
  const target = `/v2/app/blobs/uploads/?mount=${digest}&from=base`;
  const challenge = (await ask("POST", target)).headers.get("www-authenticate");
  const parameters = challenge.replace("Bearer ", "").split(",");
  const pairs = parameters.map((parameter) => parameter.replaceAll(`"`, "").split("="));
  const query = new URLSearchParams(Object.fromEntries(pairs));
  const answer = await ask("GET", `/_token?${query}`, { authorization: basic });
  const { token } = await answer.json();
  return (await ask("POST", target, { authorization: `Bearer ${token}` })).status;
}
