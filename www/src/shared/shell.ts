// A request as a curl line for a POSIX shell.

import { asText } from "./format.js";
import type { HttpRequest } from "./http.js";

/** A word, quoted where the shell would read it otherwise. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Bodies longer than this are read from a file. */
const INLINE = 4096;

/** The curl line that sends the same request to this origin. */
export function toCurl(request: HttpRequest & { file?: string }, origin: string): string {
  const { method, target, headers, body, file } = request;
  const words = ["curl"];
  if (method === "HEAD") words.push("-I");
  else words.push("-i");
  const isPlain = method === "GET" || method === "HEAD";
  const hasBody = body.length > 0 || file !== undefined || !isPlain;
  // A method that curl would take by itself is not named.
  if (!isPlain && !(method === "POST" && hasBody)) words.push("-X", quote(method));
  if (isPlain && hasBody) words.push("-X", method);
  if (/\/\.{1,2}(\/|$|\?)/.test(target)) words.push("--path-as-is");
  if (/[[\]{}]/.test(target)) words.push("-g");
  for (const [name, value] of headers) {
    if (name.toLowerCase() === "content-length" && value === String(body.length)) continue;
    words.push("-H", quote(value === "" ? `${name};` : `${name}: ${value}`));
  }
  let before = "";
  if (hasBody) {
    // Without this, curl would call it a form.
    if (!headers.some(([name]) => name.toLowerCase() === "content-type")) words.push("-H", "'Content-Type:'");
    const text = asText(body);
    if (file !== undefined) words.push("--data-binary", quote(`@${file}`));
    else if (body.length > INLINE) words.push("--data-binary", "@body.bin");
    else if (text !== undefined && !text.startsWith("@")) words.push("--data-binary", quote(text));
    else {
      before = `printf '${octal(body)}' | `;
      words.push("--data-binary", "@-");
    }
  }
  words.push(quote(origin + target));
  return before + words.join(" ");
}

/** Bytes for `printf`, in the digits that every shell knows. */
function octal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
