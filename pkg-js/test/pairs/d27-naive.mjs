/** Pushes a blob in chunks. */
export default async function push({ ask, digest }) {
  let answer = await ask("POST", "/v2/app/blobs/uploads/");
  let at = 0;
  for (const chunk of ["he", "l", "lo"]) {
    const headers = { "content-range": `${at}-${at + chunk.length - 1}` };
    answer = await ask("PATCH", answer.headers.get("location"), headers, chunk);
    if (answer.status !== 202) return answer.status;
    at = Number(answer.headers.get("range").split("-")[1]) + 1;
  }
  return (await ask("PUT", `${answer.headers.get("location")}?digest=${digest}`)).status;
}
