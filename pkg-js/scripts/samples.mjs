// What `npm start` has in its registry, and the page it shows.

/** Two repositories: an image in two versions, and one for two platforms with a note about it. */
export function samples() {
  const hello = (tag, version) => ({
    ref: `demo/hello:${tag}`,
    image: { files: { "hello.txt": `hello from ${version}\n` }, config: { config: { Cmd: ["cat", "/hello.txt"] } } },
  });
  const platform = (name) => ({ platform: name, files: { "platform.txt": `${name}\n` } });
  return [
    hello("v1", "v1"),
    hello("v2", "v2"),
    hello("latest", "v2"),
    { index: { ref: "demo/multi:latest", images: ["linux/amd64", "linux/arm64/v8"].map(platform) } },
    {
      artifact: {
        subject: "demo/multi:latest",
        artifactType: "application/vnd.example.note",
        blobs: [{ bytes: "a note about this image\n", mediaType: "text/plain" }],
      },
    },
  ];
}

/** Lines to try. */
export const lines = (host) => [
  `curl http://${host}/v2/_catalog`,
  `curl http://${host}/v2/demo/hello/tags/list`,
  `curl http://${host}/v2/demo/hello/manifests/latest`,
];

/** The page at `/`. */
export function page(host) {
  const escape = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
  const shown = lines(host).map((line) => {
    const path = line.slice(line.indexOf("/v2/"));
    return `<li><code>${escape(line)}</code> <a href="${path}">open</a></li>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>registrette</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 48rem; padding: 0 1rem }
code { overflow-wrap: anywhere } li { margin: 0.5rem 0 }</style>
<h1>registrette</h1>
<p>A container registry in memory runs here. Its content is gone when it stops.</p>
<p><a href="/ui/">Open the playground</a>, or try a line:</p>
<ul>
${shown.join("\n")}
</ul>
</html>
`;
}
