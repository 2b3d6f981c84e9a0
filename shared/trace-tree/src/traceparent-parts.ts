/** Cuts a `traceparent` into its parts, also a malformed one, and says which rules it breaks. */
import type { TraceparentParts } from "./wire-types.ts";

/**
 * The parts of each value of one request. Servers join repeated headers with commas, so a value may hold several.
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header-field-values
 */
export function readTraceparents(values: readonly string[]): readonly TraceparentParts[] {
  const single = values.flatMap((value) => value.split(",")).map((value) => value.trim());
  const repeated = single.length > 1 ? [`there are ${single.length} of them, and there must be one`] : [];
  return single.map((value) => {
    const parts = cut(value);
    return { ...parts, problems: [...repeated, ...problemsOf(parts)] };
  });
}

type Parts = Omit<TraceparentParts, "problems">;

function cut(value: string): Parts {
  const [version = "", traceId = "", parentId = "", flags = "", ...rest] = value.split("-");
  const readable = /^[0-9a-f]{2}$/i.test(flags);
  return {
    version,
    traceId,
    parentId,
    flags,
    rest: rest.join("-"),
    sampled: readable ? (Number.parseInt(flags, 16) & 1) === 1 : undefined,
  };
}

function problemsOf({ version, traceId, parentId, flags, rest }: Parts): readonly string[] {
  return [
    ...hexProblems("the version", version, 2),
    ...(version.toLowerCase() === "ff" ? ["the version ff is forbidden"] : []),
    ...hexProblems("the trace id", traceId, 32),
    ...hexProblems("the parent id", parentId, 16),
    ...hexProblems("the flags", flags, 2),
    ...(version === "00" && rest !== "" ? ["version 00 has nothing after the flags"] : []),
  ];
}

function hexProblems(what: string, text: string, length: number): readonly string[] {
  const verb = what.endsWith("flags") ? "have" : "has";
  if (text === "") return [`${what} ${what.endsWith("flags") ? "are" : "is"} missing`];
  return [
    ...(text.length === length ? [] : [`${what} ${verb} ${text.length} characters instead of ${length}`]),
    ...(/^[0-9a-f]*$/i.test(text) ? [] : [`${what} ${verb} a character that is not a hexadecimal digit`]),
    ...(/[A-F]/.test(text) ? [`${what} ${verb} uppercase letters`] : []),
    ...(length > 2 && /^0+$/.test(text) ? [`${what} has only zeros`] : []),
  ];
}
