/** Pushes a blob in chunks. */
export default async function push({ ask, digest }) {
  let answer = await ask("POST", "/v2/app/blobs/uploads/");
  const chunks = ["hel", "lo"];
  for (let at = 0; chunks.length > 0;) {
    const chunk = chunks.shift();
    const headers = { "content-range": `${at}-${at + chunk.length - 1}` };
    answer = await ask("PATCH", answer.headers.get("location"), headers, chunk);
    if (answer.status !== 202) break;
    at += chunk.length;
  }
  if (answer.status !== 202) {
    // No chunks here, or no second one: once more, in one piece.
    answer = await ask("POST", "/v2/app/blobs/uploads/");
    answer = await ask("PATCH", answer.headers.get("location"), {}, "hello");
  }
  if (answer.status !== 202) return answer.status;
  return (await ask("PUT", `${answer.headers.get("location")}?digest=${digest}`)).status;
}
