import type { Engine } from "./core/engine.js";
import { RegistryError } from "./errors.js";
import type { Fault, FaultRule } from "./fault-types.js";

/** Rules as JSON, and what they are called when one is wrong. */
export class RuleText {
  constructor(
    readonly place: string,
    readonly json: string,
  ) {}
}

/** The rules of an option, in which the command line puts files. */
export function ruleTexts(rules: readonly unknown[]): RuleText[] {
  const files = rules.filter((rule) => rule instanceof RuleText);
  const plain = rules.filter((rule) => !(rule instanceof RuleText));
  return plain.length > 0 ? [...files, new RuleText("options.faults", toJson(plain))] : files;
}

/** The faults of one registry. */
export class Faults {
  readonly #set = new Map<number, SetFault>();

  constructor(
    private readonly engine: Engine,
    /** What is set from the start. */
    private readonly first: readonly RuleText[],
  ) {
    this.#begin();
  }

  /** All that are set, those that the control API set, too. */
  get all(): readonly Fault[] {
    const { engine } = this;
    if (!engine.isOpen) return [...this.#set.values()];
    return Array.from(
      engine.call("faults", (core) => core.faultIds()),
      (id) => this.#set.get(id) ?? this.#made(id, engine.call("faults", (core) => core.faultRule(id)) ?? "{}"),
    );
  }

  add(rule: FaultRule): Fault {
    return this.#add(new RuleText("", toJson(rule)), false)[0]!;
  }

  clear(): void {
    this.settle();
    this.#set.clear();
    this.engine.call("clearFaults()", (core) => core.clearFaults());
  }

  /** Only those from the start, as if nothing had happened to them. */
  reset(): void {
    this.clear();
    this.#begin();
  }

  /** Reads the counts of all for the last time. */
  settle(): void {
    for (const fault of this.#set.values()) fault.settle();
  }

  #begin(): void {
    for (const text of this.first) this.#add(text, true);
  }

  #add({ place, json }: RuleText, many: boolean): Fault[] {
    const { engine } = this;
    let ids: Float64Array;
    try {
      ids = engine.call("fault()", (core) => core.addFaults(engine.now(), json, many));
    } catch (thrown) {
      throw refused(thrown, place);
    }
    const rules = [JSON.parse(json)].flat() as FaultRule[];
    return Array.from(ids, (id, at) => this.#made(id, JSON.stringify(rules[at])));
  }

  #made(id: number, rule: string): Fault {
    const fault = new SetFault(id, JSON.parse(rule) as FaultRule, this.engine, () => this.#set.delete(id));
    this.#set.set(id, fault);
    return fault;
  }
}

class SetFault implements Fault {
  #last: { matches: number; hits: number } | undefined;
  /** What was read last: all that is known of one that somebody else took away. */
  #seen = { matches: 0, hits: 0 };

  constructor(
    readonly id: number,
    readonly rule: FaultRule,
    private readonly engine: Engine,
    private readonly gone: () => void,
  ) {}

  get matches(): number {
    return this.#counts().matches;
  }

  get hits(): number {
    return this.#counts().hits;
  }

  remove(): void {
    if (this.#last) return;
    this.settle();
    this.gone();
    this.engine.call("remove()", (core) => core.removeFault(this.id));
  }

  [Symbol.dispose](): void {
    this.remove();
  }

  settle(): void {
    this.#last ??= this.#counts();
  }

  #counts(): { matches: number; hits: number } {
    if (this.#last) return this.#last;
    const [matches, hits] = this.engine.call("fault()", (core) => core.fault(this.id)) ?? [];
    if (matches !== undefined && hits !== undefined) this.#seen = { matches, hits };
    return this.#seen;
  }
}

/** What JSON has no word for is written as text, so that it is told where it stands and not taken for nothing. */
function toJson(rules: unknown): string {
  const plain = (_: string, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    return typeof value === "function" || typeof value === "bigint" || typeof value === "symbol"
      ? `a ${typeof value}`
      : value;
  };
  try {
    return JSON.stringify(rules, plain) ?? "null";
  } catch {
    throw new RegistryError("ERR_OPTION", "fault rule: it holds itself", HINT);
  }
}

const HINT = "a rule is { match, when, do }; the type FaultRule has all of it";

/** What the core says of a rule, with the place as the caller knows it. */
function refused(said: unknown, place: string): unknown {
  // The engine makes an error of a sentence.
  if (!(said instanceof Error) || !said.message.startsWith("fault rule: ")) return said;
  const text =
    place === "options.faults"
      ? said.message.replace(/^fault rule: (\[\d+\])\.?/, `${place}$1: `)
      : place
        ? `${place}: ${said.message}`
        : said.message;
  const [, what = text, hint = HINT] = /^(.*); ((?:did you mean|there are|write it) .*)$/s.exec(text) ?? [];
  return new RegistryError("ERR_OPTION", what, hint);
}
