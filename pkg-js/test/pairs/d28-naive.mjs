/** Pushes a blob where bodies may not be long. */
export default async function push({ ask, digest }) {
  const start = await ask("POST", "/v2/app/blobs/uploads/");
  let location = start.headers.get("location");
  let rest = "hello";
  return (await ask("PUT", `${location}?digest=${digest}`, {}, rest)).status;
}
