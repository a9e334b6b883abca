// How an answer is held against what is wanted. `tests/vectors/check.rs` and `matching.rs` do the same for the core.

const CODES = (
  "BLOB_UNKNOWN BLOB_UPLOAD_INVALID BLOB_UPLOAD_UNKNOWN DIGEST_INVALID MANIFEST_BLOB_UNKNOWN MANIFEST_INVALID " +
  "MANIFEST_UNKNOWN NAME_INVALID NAME_UNKNOWN SIZE_INVALID UNAUTHORIZED DENIED UNSUPPORTED TOOMANYREQUESTS"
).split(" ");

const EXPECTED =
  "status statusIn headers body bodyBase64 bodyParts bodyEmpty json jsonSubset code codeIn errorFormat anyOf".split(
    " ",
  );

/** What is wrong with an answer; nothing when it is as wanted. */
export function check(wanted, answer, method, strictness) {
  const faults = Object.keys(wanted)
    .filter((name) => !EXPECTED.includes(name))
    .map((name) => `nobody checks ${name}`);
  const { status } = answer;
  const json = parse(answer.body.toString());
  if (wanted.status && status !== wanted.status) faults.push(`status ${status}, wanted ${wanted.status}`);
  if (wanted.statusIn && !wanted.statusIn.includes(status)) {
    faults.push(`status ${status}, wanted one of ${wanted.statusIn}`);
  }
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    faults.push(...header(name, value, answer.header(name)));
  }
  if (method === "HEAD") {
    if (answer.body.length > 0) faults.push("HEAD answered with a body");
  } else {
    faults.push(...body(wanted, answer, json, strictness));
    if (status >= 400) faults.push(...error(wanted, json, strictness));
  }
  if (wanted.anyOf) {
    const tries = wanted.anyOf.map((one) => check(one, answer, method, strictness));
    if (tries.every((faults) => faults.length > 0)) faults.push(`none of ${JSON.stringify(tries)}`);
  }
  return faults;
}

function body(wanted, answer, json, strictness) {
  const faults = [];
  const differs = (what) => faults.push(`the body is not ${what}`);
  const is = (bytes) => answer.body.equals(bytes);
  if (wanted.body !== undefined && !isBody(wanted.body, answer, json, strictness)) differs(JSON.stringify(wanted.body));
  if (wanted.bodyParts && !is(join(wanted.bodyParts))) differs("the bytes wanted");
  if (wanted.bodyBase64 !== undefined && !is(Buffer.from(wanted.bodyBase64, "base64"))) differs(wanted.bodyBase64);
  if (wanted.bodyEmpty && answer.body.length > 0) differs("empty");
  if (wanted.json !== undefined && !same(wanted.json, json)) differs(JSON.stringify(wanted.json));
  if (wanted.jsonSubset !== undefined && !isSubset(wanted.jsonSubset, json)) {
    differs(`JSON with ${JSON.stringify(wanted.jsonSubset)}`);
  }
  return faults;
}

function isBody(wanted, answer, json, strictness) {
  if (answer.body.equals(Buffer.from(wanted))) return true;
  if (!strictness.looseBodies) return false;
  const wantedJson = parse(wanted);
  if (wantedJson?.errors) return codes(wantedJson).some((code) => codes(json).includes(code));
  if (typeof wantedJson === "object") return same(wantedJson, json);
  return wanted === "" && (answer.status < 300 || answer.status >= 400);
}

function error(wanted, json, strictness) {
  const faults = [];
  const got = codes(json);
  const want = (codes) => {
    if (!got.some((code) => codes.includes(code))) faults.push(`error code ${got}, wanted one of ${codes}`);
  };
  if (wanted.code && (json !== undefined || strictness.prefer)) want([wanted.code]);
  if (wanted.codeIn && json !== undefined) want(wanted.codeIn);
  if (wanted.errorFormat) {
    const entries = json?.errors ?? [];
    const isText = (entry) => entry.message === undefined || typeof entry.message === "string";
    if (
      entries.length === 0 ||
      entries.length !== got.length ||
      !entries.every(isText) ||
      !got.every((code) => CODES.includes(code))
    ) {
      faults.push("the body is not the spec's list of errors");
    }
  }
  return faults;
}

function header(name, wanted, got) {
  const fault = (what) => [`header ${name} is ${JSON.stringify(got)}, wanted ${what}`];
  if (wanted === null) return got === undefined ? [] : fault("none");
  if (typeof wanted === "string") return got === wanted ? [] : fault(wanted);
  if (got === undefined) return wanted.optional === true ? [] : fault("one");
  const broken = Object.entries(wanted).find(([condition, value]) => !holds(condition, value, got));
  return broken ? fault(broken.join(" ")) : [];
}

function holds(condition, wanted, got) {
  switch (condition) {
    case "present":
    case "optional":
      return true;
    case "in":
      return [wanted].flat().includes(got);
    case "regex":
      return new RegExp(wanted).test(got);
    case "path": {
      const path = got.replace(/^[a-z]+:\/\/[^/]*/, "").split(/[?#]/)[0];
      return [wanted].flat().includes(path.replaceAll(/%3A/gi, ":"));
    }
    default:
      throw new Error(`an unknown condition: ${condition}`);
  }
}

/** Whether `got` has all that is wanted: members of objects, and lists of the same length in any order. */
function isSubset(wanted, got) {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got) || got.length !== wanted.length) return false;
    const rest = [...got];
    return wanted.every((one) => {
      const at = rest.findIndex((other) => isSubset(one, other));
      return at >= 0 && rest.splice(at, 1).length === 1;
    });
  }
  if (typeof wanted !== "object" || wanted === null) return wanted === got;
  if (typeof got !== "object" || got === null) return false;
  return Object.entries(wanted).every(([key, value]) =>
    value?.$absent === true ? !(key in got) : key in got && isSubset(value, got[key]),
  );
}

function same(a, b) {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && same(a[key], b[key]))
  );
}

const codes = (json) => (json?.errors ?? []).map((entry) => entry.code).filter((code) => typeof code === "string");

/** Texts and repetitions, put together. */
export const join = (parts) =>
  Buffer.from(parts.map((part) => (typeof part === "string" ? part : part.repeat.repeat(part.count))).join(""));

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
