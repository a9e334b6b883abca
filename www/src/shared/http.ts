// What the helpers of the page know of a request: the fields that the protocol's messages have, too.

export type Header = [name: string, value: string];

export interface HttpRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: Header[];
  body: Uint8Array;
}

export interface HttpResponse {
  status: number;
  headers: Header[];
  body: Uint8Array;
}

/** The first value of a header, whatever its case. */
export function header(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
}

/** The reason phrases of the statuses that a registry answers. */
const REASONS: Record<number, string> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  421: "Misdirected Request",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  507: "Insufficient Storage",
};

/** A status in words, such as `416 Range Not Satisfiable`. */
export function statusLine(status: number): string {
  if (status === 0) return "No answer";
  return REASONS[status] ? `${status} ${REASONS[status]}` : String(status);
}

/** `2xx`, as the class of its colour. */
export const statusClass = (status: number): string => (status === 0 ? "s0" : `s${Math.floor(status / 100)}`);
