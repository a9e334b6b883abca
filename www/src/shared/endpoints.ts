// What stands in the spec beside a request: its endpoint's number, what it is for, which statuses are to be expected.

export interface Endpoint {
  /** Its number in the distribution-spec's table. */
  end?: string;
  say: string;
  statuses: string;
}

export const ENDPOINTS: Record<string, Endpoint> = {
  ping: { end: "end-1", say: "Is this a registry, and may I?", statuses: "200 yes · 401 not without credentials" },
  "blob.get": { end: "end-2", say: "Pull a blob.", statuses: "200 all of it · 206 a range · 404 unknown" },
  "blob.head": { end: "end-2", say: "Is the blob there?", statuses: "200 yes · 404 no" },
  "manifest.get": { end: "end-3", say: "Pull a manifest by tag or digest.", statuses: "200 it · 404 unknown" },
  "manifest.head": { end: "end-3", say: "Which digest has the tag?", statuses: "200 its headers · 404 unknown" },
  "upload.start": { end: "end-4a", say: "Open an upload session.", statuses: "202 go to Location · 404 unknown name" },
  "blob.put": {
    end: "end-4b",
    say: "Push a blob in one request.",
    statuses: "201 kept · 202 go on · 400 wrong digest",
  },
  "upload.patch": {
    end: "end-5",
    say: "Upload a chunk.",
    statuses: "202 next · 416 out of order · 404 unknown session",
  },
  "upload.put": { end: "end-6", say: "Close the upload.", statuses: "201 kept · 400 wrong digest · 404 · 416" },
  "manifest.put": { end: "end-7", say: "Push a manifest.", statuses: "201 kept · 400 invalid · 404 content missing" },
  "tags.list": { end: "end-8", say: "List tags, by pages if asked.", statuses: "200 a page · 404 unknown name" },
  "manifest.delete": { end: "end-9", say: "Delete a tag or a manifest.", statuses: "202 gone · 404 · 405 not here" },
  "blob.delete": { end: "end-10", say: "Delete a blob.", statuses: "202 gone · 404 · 405 not here" },
  "blob.mount": {
    end: "end-11",
    say: "Mount a blob of another repository.",
    statuses: "201 mounted · 202 upload it instead",
  },
  "referrers.list": { end: "end-12", say: "What refers to this manifest?", statuses: "200 an index, maybe empty" },
  "upload.status": { end: "end-13", say: "How far is the upload?", statuses: "204 see Range · 404 unknown session" },
  "upload.cancel": { end: "end-14", say: "Cancel the upload.", statuses: "204 gone · 404 unknown session" },
  catalog: { say: "List repositories. An extension that most registries have.", statuses: "200 a page · 404 not here" },
  token: { say: "Ask for a token.", statuses: "200 a token · 401 wrong password" },
  unknown: { say: "No endpoint of the spec.", statuses: "404 · 405" },
};

export const METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"];
