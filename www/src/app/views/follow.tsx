// Following a challenge: a token or a password, and the request once more.

import { useState } from "preact/hooks";

import { authorised, basic, challengeOf, tokenOf, tokenRequest } from "../../shared/challenge.js";
import type { HttpRequest } from "../../shared/http.js";
import { fill } from "../state/draft.js";
import { type Answer, exchange, send } from "../state/send.js";
import { groupEntries } from "../state/log.js";
import { words } from "../state/registry.js";
import { say } from "../state/view.js";

export function Follow({ request, answer }: { request: HttpRequest; answer: Answer }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const challenge = challengeOf(answer.headers)!;
  const isBearer = challenge.scheme === "bearer";
  const follow = async () => {
    setProblem("");
    const via = exchange.value.state === "answered" ? exchange.value.via : "fetch";
    const credentials = user === "" ? undefined : basic(user, password);
    try {
      let value = credentials;
      const ids = [answer.entry];
      if (isBearer) {
        const ask = tokenRequest(challenge, location.origin, credentials);
        if (!ask)
          return setProblem(`The realm ${challenge.realm} is elsewhere: the page asks nobody but its own origin.`);
        const token = await send(ask, via);
        ids.push(token.entry);
        const found = tokenOf(token.body);
        if (token.status !== 200 || found === undefined) {
          return setProblem(`The token was refused with ${token.status}: is the password right?`);
        }
        value = `Bearer ${found}`;
      }
      if (value === undefined) return setProblem("Basic wants a name and a password.");
      const again = authorised(request, value);
      fill(again, via);
      const second = await send(again, via);
      exchange.value = { state: "answered", request: again, via, answer: second };
      groupEntries([...ids, second.entry]);
      say(`${second.status} after the challenge was followed`);
    } catch (error) {
      setProblem(words(error).message);
    }
  };
  return (
    <section class="follow" aria-label="Challenge">
      <dl class="facts">
        {Object.entries({ Scheme: isBearer ? "Bearer" : "Basic", ...rest(challenge) }).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="row">
        <input
          aria-label="User"
          placeholder="user"
          autocomplete="off"
          value={user}
          onInput={(e) => setUser(e.currentTarget.value)}
        />
        <input
          aria-label="Password"
          placeholder="password"
          type="password"
          autocomplete="off"
          value={password}
          onInput={(e) => setPassword(e.currentTarget.value)}
        />
        <button type="button" class="button primary" onClick={() => void follow()}>
          Follow challenge
        </button>
      </div>
      {problem && <p class="warn">{problem}</p>}
    </section>
  );
}

function rest({ realm, service, scope }: { realm: string; service?: string; scope?: string }): Record<string, string> {
  return { Realm: realm, ...(service && { Service: service }), ...(scope && { Scope: scope }) };
}
