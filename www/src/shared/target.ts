// A request's target, read as the spec's endpoints. What no endpoint fits is `unknown`.

export interface Target {
  operation: string;
  /** What stands before `/v2/`. */
  prefix: string;
  repository?: string;
  /** A tag, a digest, or a session. */
  reference?: string;
  query: URLSearchParams;
}

type Shape = [tail: RegExp, operations: Record<string, string>];

/** From the right, the longest tail first: a name may have any depth. */
const SHAPES: Shape[] = [
  [/^(.+)\/blobs\/uploads\/?$/, { POST: "upload.start" }],
  [
    /^(.+)\/blobs\/uploads\/([^/]+)$/,
    { GET: "upload.status", PATCH: "upload.patch", PUT: "upload.put", DELETE: "upload.cancel" },
  ],
  [/^(.+)\/blobs\/([^/]+)$/, { GET: "blob.get", HEAD: "blob.head", DELETE: "blob.delete" }],
  [
    /^(.+)\/manifests\/([^/]+)$/,
    { GET: "manifest.get", HEAD: "manifest.head", PUT: "manifest.put", DELETE: "manifest.delete" },
  ],
  [/^(.+)\/tags\/list$/, { GET: "tags.list" }],
  [/^(.+)\/referrers\/([^/]+)$/, { GET: "referrers.list" }],
];

export function parseTarget(method: string, target: string): Target {
  const [path = "", search = ""] = target.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const at = path.indexOf("/v2/");
  const bare = path.endsWith("/v2") ? path.length - 3 : at;
  const prefix = bare < 0 ? "" : path.slice(0, bare);
  const unknown: Target = { operation: "unknown", prefix, query };
  if (/\/_token$/.test(path)) return { ...unknown, operation: "token" };
  if (bare < 0) return unknown;
  const rest = path.slice(bare + 4);
  const reads = method === "GET" || method === "HEAD";
  if (rest === "") return reads ? { ...unknown, operation: "ping" } : unknown;
  if (rest === "_catalog") return reads ? { ...unknown, operation: "catalog" } : unknown;
  for (const [tail, operations] of SHAPES) {
    const [, repository, reference] = tail.exec(rest) ?? [];
    if (repository === undefined) continue;
    const operation = started(operations[method], query) ?? "unknown";
    return { operation, prefix, repository, query, ...(reference !== undefined && { reference: decoded(reference) }) };
  }
  return unknown;
}

/** A POST with a digest is a push in one request, one with `mount` a mount. */
function started(operation: string | undefined, query: URLSearchParams): string | undefined {
  if (operation !== "upload.start") return operation;
  if (query.has("mount")) return "blob.mount";
  return query.has("digest") ? "blob.put" : operation;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
