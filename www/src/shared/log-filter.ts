// The filter of the log: words that all must hold. `status:4xx`, `method:PATCH`, `via:direct`, `is:fault`, `-word`.

export interface Filtered {
  method: string;
  target: string;
  status: number;
  via: string;
  client: string;
  isFault: boolean;
  isCold: boolean;
}

type Test = (entry: Filtered) => boolean;

export function logFilter(text: string): Test {
  const tests = text.trim().toLowerCase().split(/\s+/).filter(Boolean).map(test);
  return (entry) => tests.every((holds) => holds(entry));
}

function test(word: string): Test {
  if (word.startsWith("-") && word.length > 1) {
    const inner = test(word.slice(1));
    return (entry) => !inner(entry);
  }
  const [name, value = ""] = word.split(/:(.*)/s);
  if (value !== "") {
    if (name === "status") return ({ status }) => statusFits(String(status), value);
    if (name === "method") return ({ method }) => method.toLowerCase() === value;
    if (name === "via") return ({ via }) => via === value;
    if (name === "client") return ({ client }) => client.toLowerCase().includes(value);
    if (name === "is" && value === "fault") return ({ isFault }) => isFault;
    if (name === "is" && value === "cold") return ({ isCold }) => isCold;
  }
  return ({ method, target, status }) => `${method} ${target} ${status}`.toLowerCase().includes(word);
}

/** `4xx`, `404`, `40x`. */
function statusFits(status: string, pattern: string): boolean {
  return status.length === pattern.length && [...pattern].every((p, i) => p === "x" || p === status[i]);
}
