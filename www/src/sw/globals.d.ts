/** What the build puts in: names of files, and what is kept at the installation. */
declare const __WASM__: string;
declare const __IMAGES__: string;
declare const __VERSION__: string;
declare const __PRECACHE__: readonly string[];
