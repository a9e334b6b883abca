// Who may ask, and which registry this one behaves like.

import { useEffect, useState } from "preact/hooks";

import type { Settings } from "../../shared/protocol.js";
import { change } from "../state/actions.js";
import { admin, status } from "../state/registry.js";
import { v2 } from "../state/registry.js";
import { fill } from "../state/draft.js";
import { NOTHING } from "../state/registry.js";
import { exchange } from "../state/send.js";
import { showRequest } from "../state/view.js";

const AUTH = [
  ["off", "Off: everybody may do everything"],
  ["basic", "Basic: a password in every request"],
  ["bearer", "Bearer: a token from /_token"],
] as const;

/** Who is let in, and is told on the page. */
const USERS = { user: "password" };

const ABOUT: Record<string, string> = {
  spec: "the distribution-spec, to the letter",
  distribution: "CNCF distribution 3",
  registry2: "registry:2, the image that most people run",
  ociserver: "the Go registry of cue-labs, in memory",
  "ociserver-2024-09": "the same, as of September 2024",
};

export function Access() {
  const now = status.value?.settings;
  const [profiles, setProfiles] = useState<string[]>([]);
  useEffect(() => {
    admin("profiles", {}).then(
      ({ profiles }) => setProfiles(profiles),
      () => setProfiles([]),
    );
  }, []);
  if (!now) return null;
  const auth = now.auth?.type ?? "off";
  const profile = now.profile ?? "spec";
  const setAuth = (type: string) =>
    void change({ auth: type === "off" ? null : { type: type as "basic" | "bearer", users: USERS } });
  const tryIt = () => {
    fill({ method: "GET", target: v2(""), headers: [], body: NOTHING });
    exchange.value = { state: "none" };
    showRequest();
  };
  const toggle = (name: "deletes" | "readOnly", label: string) => (
    <label class="check">
      <input
        type="checkbox"
        checked={now[name]}
        onChange={(event) => void change({ [name]: event.currentTarget.checked } as Partial<Settings>)}
      />
      {label}
    </label>
  );
  return (
    <div class="access">
      <fieldset>
        <legend>Who may ask</legend>
        {AUTH.map(([type, label]) => (
          <label class="check" key={type}>
            <input type="radio" name="auth" checked={auth === type} onChange={() => setAuth(type)} />
            {label}
          </label>
        ))}
        {auth !== "off" && (
          <p class="dim">
            The user is <code>user</code>, the password <code>password</code>.{" "}
            <button type="button" class="button small" onClick={tryIt}>
              Ask {v2("")}
            </button>
          </p>
        )}
      </fieldset>
      <fieldset>
        <legend>It behaves like</legend>
        {(profiles.length > 0 ? profiles : [profile]).map((name) => (
          <label class="check" key={name}>
            <input
              type="radio"
              name="profile"
              checked={profile === name}
              onChange={() => void change({ profile: name === "spec" ? null : name })}
            />
            <span>
              {name} <span class="dim">{ABOUT[name]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>What it takes</legend>
        <label>
          What a manifest points at
          <select
            value={now.references}
            onChange={(event) => void change({ references: event.currentTarget.value as Settings["references"] })}
          >
            <option value="strict">has to be there before it</option>
            <option value="lax">may miss the children of an index</option>
            <option value="sparse">may miss</option>
          </select>
        </label>
        {toggle("deletes", "Deletes are allowed")}
        {toggle("readOnly", "Read only: nobody pushes")}
      </fieldset>
    </div>
  );
}
