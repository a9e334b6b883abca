import { instantiate } from "../generated/glue.js";
import { Host } from "./host.js";

/** One instance of the module, for as many registries as like. */
export interface Instance extends ReturnType<typeof instantiate> {
  readonly host: Host;
  /** A registry in it crashed: no new ones are made here. */
  retired: boolean;
  /** The way to `images.wasm`. */
  readonly images: ImagesLoader | undefined;
}

/** The way to the compiled `images.wasm`, which is gone when the first images are read. */
export type ImagesLoader = () => WebAssembly.Module | Promise<WebAssembly.Module>;

/** A compiled module and the instance that new registries are made in. */
export class Module {
  #current: Instance | undefined;

  constructor(
    private readonly module: WebAssembly.Module,
    private readonly text: Pick<Host, "TextDecoder" | "TextEncoder">,
    private readonly images?: ImagesLoader,
  ) {}

  instance(): Instance {
    if (!this.#current || this.#current.retired) {
      const host = new Host(this.text);
      this.#current = { ...instantiate(host, this.module), host, retired: false, images: this.images };
    }
    return this.#current;
  }
}
