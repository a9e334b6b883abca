// A reporter for node:test that says each case on a line of JSON, for the runner to read.

/** @param {AsyncIterable<{ type: string, data: any }>} events */
export default async function* (events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    // A suite is the sum of its cases. It counts itself only where it failed before them.
    if (data.details?.type === "suite" && !(type === "test:fail" && setUpFailed(data))) continue;
    yield `${JSON.stringify({
      result: type === "test:fail" ? "failed" : data.skip === undefined ? "passed" : "skipped",
      name: data.name,
      reason: typeof data.skip === "string" ? data.skip : undefined,
      error: type === "test:fail" ? said(data.details.error) : undefined,
    })}\n`;
  }
}

function setUpFailed(data) {
  return data.details.error?.failureType !== "subtestsFailed";
}

function said(error) {
  const cause = error?.cause ?? error;
  const lines = String(cause?.stack ?? cause).split("\n");
  return lines.length > 60
    ? [...lines.slice(0, 60), `... and ${lines.length - 60} more lines`].join("\n")
    : lines.join("\n");
}
