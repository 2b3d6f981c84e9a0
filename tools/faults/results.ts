/** What was measured, as a file that later runs add to: a row that is run again takes the place of the old one. */
import type { Group } from "./fault.ts";
import type { Verdict } from "./judge.ts";
import type { Measured } from "./measured.ts";
import type { Variant } from "./pair.ts";
import type { RowResult } from "./run.ts";

export interface SavedRow {
  readonly id: string;
  readonly group: Group;
  readonly what: string;
  readonly variant: Variant;
  /** The day of the run. */
  readonly date: string;
  /** Measured with fewer requests and seconds. */
  readonly short: boolean;
  readonly measured: Measured;
  readonly verdicts: readonly Verdict[];
  readonly error?: string;
}

/** @returns All rows of the file, the new ones included. */
export async function addToFile(
  path: string,
  results: readonly RowResult[],
  short: boolean,
): Promise<readonly SavedRow[]> {
  const file = Bun.file(path);
  const old: readonly SavedRow[] = (await file.exists()) ? await file.json() : [];
  const date = new Date().toISOString().slice(0, 10);
  const fresh = results.map(
    ({ fault: { id, group, what }, ...rest }): SavedRow => ({ id, group, what, date, short, ...rest }),
  );
  const key = ({ id, variant }: SavedRow): string => `${id} ${variant}`;
  const rows = [...new Map([...old, ...fresh].map((row) => [key(row), row])).values()];
  await Bun.write(path, `${JSON.stringify(rows, undefined, 2)}\n`);
  return rows;
}
