// The way to a registry in a page: by its `registry.fetch`.

/** Headers that a page cannot put on a request: what cases say of them is nothing it could do. */
const FORBIDDEN =
  /^(?:accept-charset|accept-encoding|connection|content-length|cookie|host|origin|te|transfer-encoding|upgrade)$/i;

export const isForbidden = (name) => FORBIDDEN.test(name);

/** A carrier class, as the vectors want one, for a page. */
export function inPage(page) {
  return class Page {
    static async start(options) {
      await page.evaluate(async (options) => {
        globalThis.registry = await globalThis.registrette.createRegistry({
          ...options,
          url: "http://registry.localhost:5000",
        });
      }, options);
      return new Page();
    }

    async send({ method, target, headers, body }) {
      const base64 = Buffer.from(body).toString("base64");
      const asked = { method, target, headers: headers.filter(([name]) => !isForbidden(name)), base64 };
      const {
        status,
        headers: answered,
        answer,
      } = await page.evaluate(async ({ method, target, headers, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        const init = { method, headers, ...(bytes.length > 0 && { body: bytes }) };
        const response = await globalThis.registry.fetch(target, init);
        let text = "";
        for (const byte of new Uint8Array(await response.arrayBuffer())) text += String.fromCharCode(byte);
        return { status: response.status, headers: [...response.headers], answer: btoa(text) };
      }, asked);
      return {
        status,
        headers: answered,
        body: Buffer.from(answer, "base64"),
        header: (name) => answered.find(([known]) => known === name.toLowerCase())?.[1],
      };
    }

    close() {
      return page.evaluate(() => globalThis.registry.close());
    }
  };
}
