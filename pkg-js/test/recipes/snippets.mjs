// The JavaScript and TypeScript in a Markdown file, and what runs each.

/**
 * @typedef {{ file: string, line: number, heading: string, language: "js" | "ts", code: string, kind: string, skip?: string }} Snippet
 */

const FENCE = /^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm;
const SKIPPED = /<!-- not run: (.+?) -->\s*$/;

/** Which runner a block is for: the first whose mark it bears. */
const KINDS = [
  ["vitest", /from "vitest"/],
  ["bun", /from "bun:test"/],
  ["deno", /\bDeno\./],
  ["worker", /^export default \{/m],
  ["node:test", /from "node:test"/],
  ["jest", /^(test|describe)\(/m],
  ["await using", /^\s*await using /m],
  ["program", /(?:)/],
];

/**
 * @param {string} file its name, for messages
 * @param {string} markdown
 * @returns {Snippet[]}
 */
export function snippets(file, markdown) {
  return [...markdown.matchAll(FENCE)].flatMap((match) => {
    const [, tag, code] = match;
    const language = { js: "js", javascript: "js", mjs: "js", cjs: "js", ts: "ts", typescript: "ts" }[tag];
    if (!language) return [];
    const before = markdown.slice(0, match.index);
    const heading = [...before.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? file;
    const [kind] = KINDS.find(([, mark]) => mark.test(code));
    return [{ file, line: before.split("\n").length, heading, language, code, kind, skip: SKIPPED.exec(before)?.[1] }];
  });
}

/** Where a name comes from that a fragment uses without importing it. */
const EXPORTS = {
  createRegistry: "registrette",
  interceptFetch: "registrette/intercept",
  listen: "registrette/node",
  matchers: "registrette/matchers",
  startRegistry: "registrette/node",
};

/** A block as a file: with the imports that a fragment leaves out, and an assertion for every `expression; // → value`. */
export function complete(code) {
  const checked = code.replace(/^([ \t]*)(?!\/\/)(.*?);[ \t]*\/\/ → (.*)$/gm, (_, indent, statement, value) => {
    const [, name] = /^(?:const|let) (\w+)(?:: [^=]+)? =/.exec(statement) ?? [];
    const check = `__like(${name ?? statement}, ${pattern(value)});`;
    return name ? `${indent}${statement};\n${indent}${check}` : indent + check;
  });
  const lines = Object.entries(EXPORTS)
    .filter(
      ([name]) => new RegExp(`\\b${name}\\(`).test(code) && !new RegExp(`\\{[^}]*\\b${name}\\b[^}]*\\}`).test(code),
    )
    .map(([name, from]) => `import { ${name} } from "${from}";`);
  if (checked !== code)
    lines.unshift('import { like as __like, more as __more, starting as __starting } from "./like.js";');
  return [...lines, checked].join("\n");
}

/** A printed value as an expression: `…` stands for the rest of a string or of an object. */
function pattern(value) {
  return value.replaceAll(/"([^"…]*)…"/g, '__starting("$1")').replaceAll(/,? … \}/g, ", ...__more }");
}

/** What a block imports by name that is not the package's or Node's own. */
export function imports(code) {
  const names = [...code.matchAll(/(?:from|require\()\s*["']([^"'./][^"']*)["']/g)].map(([, name]) => name);
  const roots = names.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)[0]);
  return [...new Set(roots)].filter((name) => !/^(registrette|node:|bun:)/.test(name));
}
