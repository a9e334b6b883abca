// The glue that wasm-bindgen writes holds one instance of the module for the whole program. Here it becomes a function
// that makes instances.

/** Cuts from one line to another, which stays; both must be there. */
function cut(text, from, to) {
  const start = text.indexOf(from);
  const end = to === undefined ? text.length : text.indexOf(to, start);
  if (start < 0 || end < 0) {
    throw new Error(`wasm-bindgen writes other glue than scripts/glue.mjs expects: no ${JSON.stringify(from)}`);
  }
  return text.slice(0, start) + text.slice(end);
}

/** The glue as a module that exports `instantiate(host, module)`. */
export function factory(glue, classes) {
  let text = cut(glue, "async function __wbg_load", "function initSync");
  text = cut(text, "let __wbg_init_promise");
  text = text.replace(/^\/\*.*\*\/\n/, "").replaceAll(/^export class/gm, "class");
  if (/^(export|import)\b/m.test(text)) throw new Error("wasm-bindgen's glue exports more than classes");
  return `// Made by scripts/build.mjs from what wasm-bindgen writes.
export function instantiate(host, module) {
const { TextDecoder, TextEncoder } = host;
${text}
initSync({ module });
return { ${classes} };
}
`;
}
