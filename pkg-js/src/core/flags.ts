/** What else there is to know of a request, one bit each; `src/wasm/request.rs` has the same. */
export const HAS_BODY = 1;
export const HTTPS = 2;
export const HTTP_1_0 = 4;
export const UNRECORDED = 8;

/** In place of the number of a server's rules: none. */
export const UNGUARDED = -1;
