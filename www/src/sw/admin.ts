import { RegistryError } from "../../../pkg-js/src/errors.js";
import { fill, lift, plant } from "../../../pkg-js/src/seed.js";
import type { Seed } from "../../../pkg-js/src/types.js";
import {
  type Admin,
  type AdminName,
  type Event,
  type RepositoryContents,
  type SetFault,
  type Settings,
  type Stats,
  type Status,
  UNDO_LIMIT,
} from "../shared/protocol.js";
import { DEMO } from "./demo.js";
import { makeEngine, options, setFaults } from "./engine.js";
import { exported } from "./export.js";
import type { Keeper } from "./keeper.js";
import type { Log } from "./log.js";
import { tar } from "./tar.js";
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
  [Name in AdminName]: (ask: Admin[Name]["ask"], client: string) => Promise<Admin[Name]["reply"]>;
};

const NAMES: ReadonlySet<string> = new Set<AdminName>([
  ...(["status", "claim", "skipWaiting", "reset", "undo", "export", "import", "seed"] as const),
  ...(["faults", "settings", "contents", "profiles", "log", "quarantine"] as const),
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

  async handle(name: AdminName, ask: object, client: string): Promise<unknown> {
    if (!NAMES.has(name)) throw new Told(`The worker knows no ${name}.`, "Reload the page.");
    const handler = this[name] as (ask: object, client: string) => Promise<unknown>;
    try {
      return await handler.call(this, ask, client);
    } catch (error) {
      if (error instanceof RegistryError) throw new Told(error.message, error.hint);
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

  async export(): Promise<{ name: string; file: Blob }> {
    await this.keeper.ready();
    return { name: "registry.tar", file: exported(this.keeper.engine) };
  }

  async import({ file }: { file: Blob }): Promise<{ references: string[] }> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const name = "name" in file && typeof file.name === "string" ? file.name.replace(/\.tar.*$/, "") : "image";
    const before = await this.#references();
    await this.#plant([{ images: bytes, name }]);
    const after = await this.#references();
    return { references: after.filter((reference) => !before.includes(reference)) };
  }

  async seed({ seeds }: { seeds: "demo" | Seed[] }): Promise<{ digests: string[] }> {
    return { digests: await this.#plant(seeds === "demo" ? DEMO : seeds) };
  }

  async faults({ rules }: Admin["faults"]["ask"]): Promise<{ faults: SetFault[] }> {
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

  async settings({ change }: Admin["settings"]["ask"]): Promise<Settings> {
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
    return { profiles: look(this.keeper.engine, "profiles") };
  }

  async log(): Promise<Admin["log"]["reply"]> {
    return { entries: this.calls.entries };
  }

  async quarantine(ask: Admin["quarantine"]["ask"]): Promise<Admin["quarantine"]["reply"]> {
    await this.keeper.ready();
    const { quarantine } = this.keeper.state;
    if (!quarantine) throw new Told("There is nothing that could not be read.");
    if (ask.do === "download") {
      const { rows, parts } = await this.keeper.stored(quarantine.generation);
      return { name: "registry-unreadable.tar", file: tar(files(rows, parts)) };
    }
    await this.keeper.retrying(() => this.keeper.save(undefined, { quarantine: undefined }, [quarantine.generation]));
    this.#tell({ kind: "status" });
    return {};
  }

  async #plant(seeds: Seed[]): Promise<string[]> {
    const lifted = lift(seeds);
    const digests = await this.keeper.retrying(async () => {
      const filled = await fill(lifted, this.keeper.engine.instance);
      const { engine } = this.keeper;
      const made = plant(engine, filled);
      const journal = engine.call("the journal", (core) => core.takeJournal());
      await this.keeper.save(journal);
      return made.map(({ digest }) => digest);
    });
    this.#tell({ kind: "changed", revision: this.keeper.state.revision, repositories: [] });
    return digests;
  }

  async #references(): Promise<string[]> {
    const { repositories } = await this.contents();
    return repositories.flatMap(({ name, tags }) => tags.map((tag) => `${name}:${tag.name}`));
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

/** Everything as files, with bytes as base64 where they stand in JSON. */
function files(rows: unknown[], parts: Map<string, Blob>): [string, Blob | Uint8Array<ArrayBuffer>][] {
  const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const text = JSON.stringify(rows, (_, value: unknown) => (value instanceof Uint8Array ? base64(value) : value));
  const all = [...parts].map(([name, part]): [string, Blob] => [`parts/${name}`, part]);
  return [["rows.json", new TextEncoder().encode(text)], ...all];
}
