import { RegistryError } from "../../../pkg-js/src/errors.js";
import { plant } from "../../../pkg-js/src/plant.js";
import {
  type Event,
  type Planted,
  type Posted,
  type PostedName,
  type RepositoryContents,
  type SetFault,
  type Settings,
  type Stats,
  type Status,
  UNDO_LIMIT,
} from "../shared/protocol.js";
import { makeEngine, options, setFaults } from "./engine.js";
import type { Keeper } from "./keeper.js";
import type { Log } from "./log.js";
import type { Engine } from "../../../pkg-js/src/core/engine.js";
import type { State } from "./disk.js";

/** A sentence for people, and what to do. */
export class Told extends Error {
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

type Handlers = {
  [Name in PostedName]: (ask: Posted[Name]["ask"], client: string) => Promise<Posted[Name]["reply"]>;
};

const NAMES: ReadonlySet<string> = new Set<PostedName>([
  ...(["status", "claim", "skipWaiting", "reset", "undo", "plant", "stored"] as const),
  ...(["faults", "settings", "contents", "profiles", "log", "discard"] as const),
]);

/** What only the host of a worker can do. */
export interface Host {
  readonly instance: string;
  readonly mounts: readonly string[];
  claim(): Promise<void>;
  skipWaiting(): Promise<void>;
}

/** Does what pages ask for besides requests. */
export class Administration implements Handlers {
  /** What the last reset took away, for as long as this worker lives. */
  #before: { engine: Engine; state: State } | undefined;

  constructor(
    private readonly keeper: Keeper,
    private readonly calls: Log,
    private readonly host: Host,
  ) {}

  async handle(name: PostedName, ask: object, client: string): Promise<unknown> {
    if (!NAMES.has(name)) throw new Told(`The worker knows no ${name}.`, "Reload the page.");
    const handler = this[name] as (ask: object, client: string) => Promise<unknown>;
    try {
      return await handler.call(this, ask, client);
    } catch (error) {
      if (error instanceof RegistryError) throw new Told(error.message.replace(`; ${error.hint}`, ""), error.hint);
      throw error;
    }
  }

  async status(_: object, client: string): Promise<Status> {
    const { keeper, host } = this;
    await keeper.ready();
    const { engine, state } = keeper;
    const { undo, quarantine } = state;
    const { usage, quota } = (await navigator.storage?.estimate().catch(() => undefined)) ?? {};
    return {
      instance: host.instance,
      version: __VERSION__,
      client,
      mounts: [...host.mounts],
      revision: state.revision,
      stats: look<Stats>(engine, "stats"),
      storage: {
        ...keeper.storage,
        ...(usage !== undefined && { used: usage }),
        ...(quota !== undefined && { quota }),
      },
      ...(undo && undo.until > Date.now() && { undoUntil: undo.until }),
      ...(quarantine && { quarantine: { reason: quarantine.reason, at: quarantine.at } }),
      settings: state.settings,
      faults: faultsOf(engine),
    };
  }

  async claim(): Promise<object> {
    await this.host.claim();
    return {};
  }

  async skipWaiting(): Promise<object> {
    await this.host.skipWaiting();
    return {};
  }

  async reset(_: object, client: string): Promise<Status> {
    await this.keeper.retrying(async () => {
      const { engine, state } = this.keeper;
      const empty = await makeEngine(state);
      const generation = state.last + 1;
      const undo = { generation: state.generation, until: Date.now() + UNDO_LIMIT, faults: state.faults };
      this.#before?.engine.close();
      this.#before = { engine, state };
      this.keeper.use(empty, state);
      const drop = state.undo ? [state.undo.generation] : [];
      await this.keeper.save(undefined, { generation, last: generation, faults: [], undo }, drop);
    });
    return this.#changed(client);
  }

  async undo(_: object, client: string): Promise<Status> {
    await this.keeper.retrying(async () => {
      const { state } = this.keeper;
      const { undo } = state;
      if (!undo || undo.until < Date.now()) throw new Told("It is too late to undo the reset.");
      const change = { generation: undo.generation, faults: undo.faults, undo: undefined };
      if (this.keeper.isInMemory) {
        if (!this.#before) throw new Told("What was reset is gone: it was in memory alone.");
        const { engine } = this.#before;
        engine.call("undo", (core) => core.configure(options(state)));
        this.keeper.use(engine, state);
        this.#before = undefined;
        await this.keeper.save(undefined, change);
        return;
      }
      const saved = this.keeper.save(undefined, change, [state.generation]);
      // In the same turn: nobody writes what was there meanwhile into what comes back.
      this.keeper.forget();
      await saved;
    });
    return this.#changed(client);
  }

  async plant({ json, parts, places, hidden }: Planted): Promise<{ digests: string[] }> {
    const digests = await this.keeper.retrying(async () => {
      const { engine } = this.keeper;
      const made = plant(engine, { json, parts, places, hidden: new Set(hidden), archives: [] });
      const journal = engine.call("the journal", (core) => core.takeJournal());
      await this.keeper.save(journal);
      return made.map(({ digest }) => digest);
    });
    this.#tell({ kind: "changed", revision: this.keeper.state.revision, repositories: [] });
    return { digests };
  }

  async faults({ rules }: Posted["faults"]["ask"]): Promise<{ faults: SetFault[] }> {
    if (rules) {
      await this.keeper.retrying(async () => {
        refusing(() => setFaults(this.keeper.engine, rules));
        await this.keeper.save(undefined, { faults: rules });
      });
      this.#tell({ kind: "status" });
    }
    await this.keeper.ready();
    return { faults: faultsOf(this.keeper.engine) };
  }

  async settings({ change }: Posted["settings"]["ask"]): Promise<Settings> {
    if (change) {
      await this.keeper.retrying(async () => {
        const { engine, state } = this.keeper;
        const settings = { ...state.settings, ...change };
        refusing(() => engine.call("settings", (core) => core.configure(options({ ...state, settings }))));
        // A change of settings is none of content: nothing of it stands in the journal.
        engine.call("settings", (core) => core.takeJournal());
        await this.keeper.save(undefined, { settings });
      });
      this.#tell({ kind: "status" });
    }
    await this.keeper.ready();
    return this.keeper.state.settings;
  }

  async contents(): Promise<{ repositories: RepositoryContents[] }> {
    await this.keeper.ready();
    return { repositories: look(this.keeper.engine, "contents") };
  }

  async profiles(): Promise<{ profiles: string[] }> {
    await this.keeper.ready();
    const { profiles } = look<{ profiles: { name: string }[] }>(this.keeper.engine, "profiles");
    return { profiles: profiles.map(({ name }) => name) };
  }

  async log(): Promise<Posted["log"]["reply"]> {
    return { entries: this.calls.entries };
  }

  async stored(): Promise<Posted["stored"]["reply"]> {
    const { rows, parts } = await this.keeper.stored(await this.#quarantined());
    return { rows, parts: [...parts] };
  }

  async discard(): Promise<object> {
    const generation = await this.#quarantined();
    await this.keeper.retrying(() => this.keeper.save(undefined, { quarantine: undefined }, [generation]));
    this.#tell({ kind: "status" });
    return {};
  }

  async #quarantined(): Promise<number> {
    await this.keeper.ready();
    const { quarantine } = this.keeper.state;
    if (!quarantine) throw new Told("There is nothing that could not be read.");
    return quarantine.generation;
  }

  async #changed(client: string): Promise<Status> {
    const status = await this.status({}, client);
    this.#tell({ kind: "changed", revision: status.revision, repositories: [] });
    this.#tell({ kind: "status" });
    return status;
  }

  #tell(event: Event): void {
    this.calls.emit(event);
  }
}

const look = <T>(engine: Engine, question: string): T =>
  JSON.parse(engine.call(question, (core) => core.look(question, ""))) as T;

function faultsOf(engine: Engine): SetFault[] {
  return engine.call("faults", (core) =>
    Array.from(core.faultIds(), (id) => {
      const [matches = 0, hits = 0] = core.fault(id) ?? [];
      return { id, rule: JSON.parse(core.faultRule(id) ?? "{}") as SetFault["rule"], matches, hits };
    }),
  );
}

/** What the core says of a rule or an option that it does not take. */
function refusing(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof RegistryError || !(error instanceof Error)) throw error;
    const [, what = error.message, hint] =
      /^(.*); ((?:did you mean|there are|write it) .*)$/s.exec(error.message) ?? [];
    throw new Told(what, hint);
  }
}
