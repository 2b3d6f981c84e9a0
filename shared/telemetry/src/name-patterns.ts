/** Lists of names with globs and exclusions, for headers and metadata. */

/** `true` for a name that the list holds. Case does not matter. */
export type NameFilter = (name: string) => boolean;

/**
 * Names, or globs: `*` stands for any characters, `?` for one. Case does not matter.
 * @example ["x-tenant", "x-req-*"]
 * @example { include: ["x-req-*"], exclude: ["x-req-secret"] }
 */
export type NamePatterns = readonly string[] | IncludedNames;

export interface IncludedNames {
  readonly include: readonly string[];
  /** Wins over `include`. @default [] */
  readonly exclude?: readonly string[];
}

export function createNameFilter(patterns: NamePatterns): NameFilter {
  const { include, exclude = [] } = "include" in patterns ? patterns : { include: patterns };
  const isIncluded = createListFilter(include);
  const isExcluded = createListFilter(exclude);
  return (name) => isIncluded(name) && !isExcluded(name);
}

/** Headers whose value is a credential. */
const CREDENTIALS = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/** Like {@link createNameFilter}, but a glob never selects a credential: such a header must be listed by its name. */
export function createHeaderFilter(patterns: NamePatterns): NameFilter {
  const isSelected = createNameFilter(patterns);
  const include = "include" in patterns ? patterns.include : patterns;
  const named = new Set(include.map((pattern) => pattern.toLowerCase()));
  return (name) => isSelected(name) && (!CREDENTIALS.includes(name.toLowerCase()) || named.has(name.toLowerCase()));
}

function createListFilter(patterns: readonly string[]): NameFilter {
  const isGlob = (pattern: string) => /[*?]/.test(pattern);
  const names = new Set(patterns.filter((pattern) => !isGlob(pattern)).map((pattern) => pattern.toLowerCase()));
  const globs = patterns.filter(isGlob).map(toRegExp);
  return (name) => names.has(name.toLowerCase()) || globs.some((glob) => glob.test(name));
}

function toRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\/-]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is");
}
