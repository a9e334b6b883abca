// Headers as they were sent, with their links.

import type { Header } from "../../shared/http.js";
import { headerLink } from "../../shared/links.js";
import { isDigest } from "../../shared/format.js";
import { Mark } from "./digest.js";
import { Link } from "./link.js";

export function Headers({ headers, target, note }: { headers: readonly Header[]; target: string; note?: string }) {
  return (
    <div class="headers">
      {note && <p class="dim note">{note}</p>}
      {headers.length === 0 && <p class="dim note">No headers.</p>}
      <dl>
        {headers.map((one, i) => {
          const link = headerLink(one, target);
          return (
            <div key={i}>
              <dt>{one[0]}</dt>
              <dd>
                {link === undefined ? one[1] : <Link target={link}>{one[1]}</Link>}
                {isDigest(one[1]) && <Mark digest={one[1]} />}
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
