// JSON as it stands in the bytes: a digest is over the bytes, so nothing is parsed and printed again.

export type Kind = "key" | "string" | "number" | "word" | "open" | "close" | "comma" | "colon" | "space" | "bad";

export interface Token {
  kind: Kind;
  /** Exactly the letters that are there. */
  text: string;
  /** How deep it stands: brackets around it. */
  depth: number;
  /** The keys and positions that lead to it; where they are many, the first and the last. */
  path: readonly (string | number)[];
}

const WORD = /[-+.\w]+/y;
const SPACE = /[ \t\r\n]+/y;
const STRING = /"(?:[^"\\]|\\.)*"?/sy;

interface Frame {
  isObject: boolean;
  key: string;
  at: number;
  wantsKey: boolean;
}

/** All tokens of a text, in order; joined they are the text again. What is no JSON is `bad`, and does not end it. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const stack: Frame[] = [];
  let at = 0;
  const step = (frame: Frame) => (frame.isObject ? frame.key : frame.at);
  // All of them, at each token, would be quadratic in how deep a text goes.
  const path = () => (stack.length <= 8 ? stack : [...stack.slice(0, 4), ...stack.slice(-4)]).map(step);
  const put = (kind: Kind, letters: string, depth = stack.length) => {
    tokens.push({ kind, text: letters, depth, path: kind === "space" ? [] : path() });
    at += letters.length;
  };
  while (at < text.length) {
    const top = stack.at(-1);
    const letter = text[at]!;
    const space = match(SPACE, text, at);
    if (space) put("space", space);
    else if (letter === '"') {
      const string = match(STRING, text, at)!;
      if (top?.isObject && top.wantsKey) {
        top.key = unquote(string);
        put("key", string);
      } else put(string.length > 1 && string.endsWith('"') ? "string" : "bad", string);
    } else if (letter === "{" || letter === "[") {
      put("open", letter);
      stack.push({ isObject: letter === "{", key: "", at: 0, wantsKey: true });
    } else if (letter === "}" || letter === "]") {
      const fits = top !== undefined && top.isObject === (letter === "}");
      if (fits) stack.pop();
      put(fits ? "close" : "bad", letter);
    } else if (letter === ",") {
      put("comma", letter);
      if (top) {
        top.at++;
        top.wantsKey = true;
      }
    } else if (letter === ":") {
      put("colon", letter);
      if (top) top.wantsKey = false;
    } else {
      const word = match(WORD, text, at);
      if (word === undefined) put("bad", letter);
      else if (/^(true|false|null)$/.test(word)) put("word", word);
      else put(/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(word) ? "number" : "bad", word);
    }
  }
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** What a string token says. */
export function unquote(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token.replaceAll('"', "");
  }
}

/** What stands deeper is not moved in any further. */
const DEEPEST = 40;

/** The tokens with line breaks of our own: same letters in every token, other blanks between. */
export function laidOut(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  const solid = tokens.filter(({ kind }) => kind !== "space");
  const blank = (text: string) => out.push({ kind: "space", text, depth: 0, path: [] });
  const line = (depth: number) => blank(`\n${"  ".repeat(Math.min(depth, DEEPEST))}`);
  solid.forEach((token, i) => {
    const before = solid[i - 1];
    const isEmpty = token.kind === "close" && before?.kind === "open";
    if (token.kind === "close" && !isEmpty) line(token.depth);
    else if (before?.kind === "open" && !isEmpty) line(token.depth);
    else if (before?.kind === "comma") line(token.depth);
    else if (before?.kind === "colon") blank(" ");
    out.push(token);
  });
  return out;
}
