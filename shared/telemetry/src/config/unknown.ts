/** Variables that look like a misspelled one of the table. */
import type { ConfigProblem, Environment } from "./row.ts";
import { sections } from "./variables.ts";

/**
 * Each `OTEL_*` variable that is unknown and close to a known one. Any other is left alone: libraries have variables of
 * their own.
 */
export function unknownVariables(env: Environment): readonly ConfigProblem[] {
  const rows = sections.flatMap((section) => Object.entries(section.rows));
  const known = new Set(rows.map(([name]) => name));
  const usable = rows.filter(([, row]) => !row.kind.refused).map(([name]) => name);
  return Object.entries(env).flatMap(([variable, value]) => {
    if (!/^OTEL_/i.test(variable) || known.has(variable) || !value?.trim()) return [];
    const meant = closestName(variable, usable);
    return meant === undefined ? [] : [{ variable, message: `${variable} is unknown. Did you mean ${meant}?` }];
  });
}

/** Two letters more, fewer, other or exchanged. */
const MAX_EDITS = 2;

/** The one that differs by a slip of the keys or of the case, or else by a forgotten word. */
function closestName(name: string, known: readonly string[]): string | undefined {
  const upper = name.toUpperCase();
  const byEdits = known.map((candidate) => ({ candidate, edits: editDistance(upper, candidate) }));
  const [closest] = byEdits.toSorted((a, b) => a.edits - b.edits);
  if (closest !== undefined && closest.edits <= MAX_EDITS) return closest.candidate;
  const words = upper.split("_");
  return known.find((candidate) => {
    const own = candidate.split("_");
    return own.length === words.length + 1 && words.every((word) => own.includes(word));
  });
}

/** Insertions, deletions, substitutions, and exchanges of neighbours that make one text the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const exchanged = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        exchanged ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
