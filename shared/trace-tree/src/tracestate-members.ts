/** Takes `tracestate` apart. */

const SIMPLE_KEY = /^[a-z0-9][a-z0-9_\-*/]{0,255}$/;
const TENANT_KEY = /^[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MAX_MEMBERS = 32;
/** A service may cut what is longer. */
const KEPT_CHARACTERS = 512;

export interface Tracestate {
  /** In order, each as `key=value`. The headers of one request are one list. */
  readonly members: readonly string[];
  /** By the rules of the header. Any service may discard one that is not. */
  readonly isValid: boolean;
  /** Longer than what every service must pass on. */
  readonly isLong: boolean;
}

/** @see https://www.w3.org/TR/trace-context-2/#tracestate-header */
export function readTracestate(values: readonly string[]): Tracestate {
  const members = values
    .flatMap((value) => value.split(","))
    .map((member) => member.trim())
    .filter((member) => member !== "");
  const keys = members.map(keyOf);
  const isWellFormed = members.every((member, index) => {
    const key = keys[index] ?? "";
    return (SIMPLE_KEY.test(key) || TENANT_KEY.test(key)) && VALUE.test(member.slice(key.length + 1));
  });
  return {
    members,
    isValid: isWellFormed && new Set(keys).size === keys.length && members.length <= MAX_MEMBERS,
    isLong: members.join(",").length > KEPT_CHARACTERS,
  };
}

/** The key of a member. */
export function keyOf(member: string): string {
  return member.split("=", 1)[0] ?? "";
}
