/** Something that is known of a registry: what, where that was seen, when, how well. */
export interface Fact {
  value: unknown;
  source: string;
  date: string;
  status: "verified" | "reported";
}

/** A registry that this one can behave like. */
export interface Listed {
  name: string;
  about: string;
  auth: Fact | null;
  rateLimit: Fact | null;
}

/** A switch, whoever sets it. */
export interface Switch extends Omit<Fact, "value"> {
  name: string;
  about: string;
  values: string;
  default: unknown;
  profiles: string[];
}
