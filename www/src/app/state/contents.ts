// The tree: repositories, their tags, what they are made of and what refers to them.

import { computed, signal } from "@preact/signals";

import { header } from "../../shared/http.js";
import { MANIFEST_TYPES } from "../../shared/links.js";
import { parseJson, readManifest, typeName } from "../../shared/manifest.js";
import type { RepositoryContents } from "../../shared/protocol.js";
import { admin, isBrowser, quietly, v2 } from "./registry.js";

export type NodeKind = "repository" | "group" | "tag" | "manifest" | "blob" | "referrer" | "upload";

export interface TreeNode {
  id: string;
  level: number;
  kind: NodeKind;
  label: string;
  /** What stands beside the label: a number, a kind. */
  aside?: string;
  /** What it shows when it is opened. */
  target?: string;
  /** It has a mark. */
  digest?: string;
  /** It can be expanded: from where its children come, if they are not there yet. */
  isParent: boolean;
}

export const repositories = signal<RepositoryContents[] | undefined>(undefined);
export const expanded = signal<ReadonlySet<string>>(new Set());
export const treeFilter = signal("");
/** Children that were read: by the id of their parent. */
const read = signal<ReadonlyMap<string, TreeNode[]>>(new Map());

/** Reads the tree anew. */
export async function refresh(): Promise<void> {
  const found = await contents();
  const before = repositories.peek();
  repositories.value = found;
  // The first one is open from the start.
  if (!before?.length && found[0]) expanded.value = new Set([found[0].name, `${found[0].name} tags`]);
  for (const id of read.peek().keys()) if (expanded.peek().has(id)) void expandFrom(id);
}

async function contents(): Promise<RepositoryContents[]> {
  if (isBrowser.peek()) {
    const { repositories } = await admin("contents", {});
    return repositories;
  }
  const names = await pages(v2("_catalog?n=1000"), "repositories");
  return Promise.all(
    names.map(async (name) => {
      const tags = await pages(v2(`${name}/tags/list?n=1000`), "tags");
      return { name, tags: tags.map((tag) => ({ name: tag, digest: "" })), untagged: [], uploads: [] };
    }),
  );
}

/** A list that comes by pages, the first ten of them. */
async function pages(target: string, member: string): Promise<string[]> {
  const all: string[] = [];
  let next: string | undefined = target;
  for (let page = 0; next !== undefined && page < 10; page++) {
    const { status, headers, body } = await quietly("GET", next);
    if (status !== 200) break;
    const json = parseJson(body) as Record<string, unknown> | undefined;
    const list = json?.[member];
    if (Array.isArray(list)) all.push(...list.filter((name) => typeof name === "string"));
    const link: string | undefined = /^<([^>]*)>/.exec(header(headers, "link") ?? "")?.[1];
    next = link?.startsWith("/") ? link : undefined;
  }
  return all;
}

export const isExpanded = (id: string): boolean => expanded.value.has(id);

export function setExpanded(id: string, open: boolean): void {
  const next = new Set(expanded.peek());
  if (open) next.add(id);
  else next.delete(id);
  expanded.value = next;
  if (open && id.includes("@")) void expandFrom(id);
}

/** Reads the children of a manifest; its id is `repository@reference`, and where it stands in the tree before that. */
async function expandFrom(id: string): Promise<void> {
  const [repository = "", reference = ""] = id.slice(id.lastIndexOf(" ") + 1).split("@");
  const level = id.split(" ").length + 1;
  const children: TreeNode[] = [];
  const of = (kind: NodeKind, digest: string, label: string, aside: string): void => {
    const isManifest = kind !== "blob";
    const target = v2(`${repository}/${isManifest ? "manifests" : "blobs"}/${digest}`);
    const own = isManifest ? `${id} ${repository}@${digest}` : `${id} blob ${children.length}`;
    children.push({ id: own, level, kind, label, aside, target, digest, isParent: isManifest && level < 9 });
  };
  try {
    const accept: [string, string][] = [["Accept", MANIFEST_TYPES.join(", ")]];
    const { headers, body, status } = await quietly("GET", v2(`${repository}/manifests/${reference}`), accept);
    const manifest = status === 200 ? readManifest(body, header(headers, "content-type")) : undefined;
    for (const one of manifest?.manifests ?? []) of("manifest", one.digest, one.platform || "manifest", "");
    if (manifest?.config) of("blob", manifest.config.digest, "config", "");
    manifest?.layers.forEach((layer, i) => of("blob", layer.digest, `layer ${i + 1}`, ""));
    const digest = header(headers, "docker-content-digest");
    if (digest !== undefined) {
      const list = await quietly("GET", v2(`${repository}/referrers/${digest}`));
      const referrers = list.status === 200 ? readManifest(list.body) : undefined;
      for (const one of referrers?.manifests ?? []) {
        of("referrer", one.digest, typeName(one.artifactType ?? one.mediaType), "refers");
      }
    }
  } catch {
    // The next look at the tree reads it again.
  }
  read.value = new Map(read.peek()).set(id, children);
}

/** What the tree shows, from top to bottom. */
export const nodes = computed<TreeNode[]>(() => {
  const all: TreeNode[] = [];
  const words = treeFilter.value.trim().toLowerCase();
  const add = (node: TreeNode): void => {
    all.push(node);
    if (!expanded.value.has(node.id)) return;
    for (const child of read.value.get(node.id) ?? []) add(child);
  };
  for (const { name, tags, untagged, uploads } of repositories.value ?? []) {
    const hasName = name.toLowerCase().includes(words);
    const fitting = hasName ? tags : tags.filter((tag) => tag.name.toLowerCase().includes(words));
    if (words !== "" && !hasName && fitting.length === 0) continue;
    all.push({ id: name, level: 1, kind: "repository", label: name, isParent: true, target: v2(`${name}/tags/list`) });
    if (!expanded.value.has(name) && (words === "" || hasName)) continue;
    const group = (label: string, n: number, children: () => TreeNode[], target?: string): void => {
      const id = `${name} ${label.toLowerCase()}`;
      if (n === 0) return;
      const node: TreeNode = { id, level: 2, kind: "group", label, aside: String(n), isParent: true };
      all.push(target === undefined ? node : { ...node, target });
      if (expanded.value.has(id) || (words !== "" && label === "Tags")) children().forEach(add);
    };
    const leaf = (kind: NodeKind, label: string, tail: string, reference: string, digest?: string): TreeNode => ({
      id: `${name} ${kind} ${name}@${reference}`,
      level: 3,
      kind,
      label,
      target: v2(`${name}/${tail}`),
      isParent: kind !== "upload",
      ...(digest && { digest }),
    });
    group(
      "Tags",
      fitting.length,
      () => fitting.map((tag) => leaf("tag", tag.name, `manifests/${tag.name}`, tag.name, tag.digest)),
      v2(`${name}/tags/list`),
    );
    group("Untagged", untagged.length, () =>
      untagged.map((digest) => leaf("manifest", digest, `manifests/${digest}`, digest, digest)),
    );
    group("Uploads", uploads.length, () =>
      uploads.map((id) => leaf("upload", id, `blobs/uploads/${encodeURIComponent(id)}`, id)),
    );
  }
  return all;
});
