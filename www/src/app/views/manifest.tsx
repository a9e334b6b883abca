// Indexes, manifests, and what refers to them.

import type { ComponentChildren } from "preact";

import { size } from "../../shared/format.js";
import { header } from "../../shared/http.js";
import { blobTarget, manifestTarget, placeOf } from "../../shared/links.js";
import { type Descriptor, type Manifest, typeName } from "../../shared/manifest.js";
import { Digest } from "../parts/digest.js";
import type { Shown } from "../state/object.js";

interface Props {
  shown: Shown;
  manifest: Manifest;
}

export function IndexView({ shown, manifest }: Props) {
  const place = placeOf(shown.target);
  return (
    <>
      <Facts shown={shown} manifest={manifest} />
      <h2>Manifests</h2>
      <div class="scroll-x">
        <table class="grid">
          <thead>
            <tr>
              <th>Platform</th>
              <th>Manifest</th>
              <th class="number">Size</th>
              <th class="extra">Type</th>
            </tr>
          </thead>
          <tbody>
            {manifest.manifests.map((one, i) => (
              <tr key={i}>
                <td>{one.platform ?? <span class="dim">none</span>}</td>
                <td>
                  <Digest digest={one.digest} target={manifestTarget(place, one.digest)} />
                </td>
                <td class="number">{size(one.size)}</td>
                <td class="dim extra">{typeName(one.artifactType ?? one.mediaType)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {manifest.manifests.length === 0 && <p class="dim note">The index lists nothing.</p>}
      <ShortReferrers shown={shown} />
    </>
  );
}

export function ImageView({ shown, manifest }: Props) {
  const place = placeOf(shown.target);
  const largest = Math.max(1, ...manifest.layers.map((layer) => layer.size), manifest.config?.size ?? 0);
  const row = (name: string, one: Descriptor, key: string) => (
    <tr key={key}>
      <td>{name}</td>
      <td>
        <Digest digest={one.digest} target={blobTarget(place, one.digest)} />
      </td>
      <td class="number">{size(one.size)}</td>
      <td class="bar-cell extra">
        <Bar part={one.size / largest} />
      </td>
      <td class="dim extra">{typeName(one.mediaType)}</td>
    </tr>
  );
  return (
    <>
      <Facts shown={shown} manifest={manifest} />
      <h2>{manifest.layers.length > 0 ? "Config and layers" : "Config"}</h2>
      <div class="scroll-x">
        <table class="grid">
          <thead>
            <tr>
              <th>Part</th>
              <th>Blob</th>
              <th class="number">Size</th>
              <th class="extra">
                <span class="hidden">Share</span>
              </th>
              <th class="extra">Type</th>
            </tr>
          </thead>
          <tbody>
            {manifest.config && row("config", manifest.config, "config")}
            {manifest.layers.map((layer, i) => row(`layer ${i + 1}`, layer, String(i)))}
          </tbody>
        </table>
      </div>
      <ShortReferrers shown={shown} />
    </>
  );
}

/** A bar on the scale that all of a view share. */
export function Bar({ part }: { part: number }) {
  return (
    <span class="bar" aria-hidden="true">
      <i style={{ "--part": String(Math.max(0.01, Math.min(1, part))) }} />
    </span>
  );
}

function Facts({ shown, manifest }: Props) {
  const place = placeOf(shown.target);
  const digest = header(shown.answer?.headers ?? [], "docker-content-digest");
  const fact = (name: string, value: ComponentChildren) => (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  const { artifactType, subject, annotations } = manifest;
  return (
    <dl class="facts">
      {fact("Type", typeName(manifest.mediaType) || "not said")}
      {digest && fact("Digest", <Digest digest={digest} target={manifestTarget(place, digest)} hasCopy />)}
      {fact("Size", size(shown.size))}
      {artifactType && fact("Artifact", artifactType)}
      {subject && fact("Subject", <Digest digest={subject.digest} target={manifestTarget(place, subject.digest)} />)}
      {Object.entries(annotations).map(([name, value]) => fact(name, value))}
    </dl>
  );
}

function ShortReferrers({ shown }: { shown: Shown }) {
  if (shown.referrers.length === 0) return null;
  return (
    <>
      <h2>Referrers</h2>
      <Referrers list={shown.referrers} target={shown.target} />
    </>
  );
}

export function Referrers({ list, target }: { list: readonly Descriptor[]; target: string }) {
  if (list.length === 0) {
    return <p class="dim note">Nothing refers to it. An artifact whose subject it is would stand here.</p>;
  }
  const place = placeOf(target);
  return (
    <div class="scroll-x">
      <table class="grid">
        <thead>
          <tr>
            <th>Artifact type</th>
            <th>Manifest</th>
            <th class="number">Size</th>
          </tr>
        </thead>
        <tbody>
          {list.map((one, i) => (
            <tr key={i}>
              <td>{typeName(one.artifactType ?? one.mediaType)}</td>
              <td>
                <Digest digest={one.digest} target={manifestTarget(place, one.digest)} />
              </td>
              <td class="number">{size(one.size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
