/** The result of a row, for a terminal. */
import { PROMISES } from "./promises.ts";
import type { RowResult } from "./run.ts";

export function renderRow({ fault, variant, verdicts, error }: RowResult): string {
  const title = `${fault.id}${variant === "baton" ? "" : ` (${variant})`}: ${fault.what}`;
  const lines = verdicts.map(({ promise, kept, found }) => {
    const { title: name = "" } = PROMISES.find(({ id }) => id === promise) ?? {};
    return `  ${kept ? "ok    " : "BROKEN"}  ${`${promise} ${name}`.padEnd(13)} ${found}`;
  });
  return [title, ...(error ? [`  ${error}`] : []), ...lines].join("\n");
}
