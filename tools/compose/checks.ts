/** Runs checks one after the other, prints each result, and counts them. */

export interface Checks {
  /** Prints a heading. */
  heading(title: string): void;
  /** Never rejects: a check that throws has failed, and the next one can still pass. @returns Whether it passed. */
  check(name: string, work: () => Promise<void>): Promise<boolean>;
  /** `N passed, N failed` */
  summary(): string;
  readonly ok: boolean;
}

export function createChecks(print: (line: string) => void = console.log): Checks {
  let passed = 0;
  let failed = 0;
  return {
    heading: (title) => print(`\n${title}`),
    async check(name, work) {
      const startedAt = performance.now();
      const took = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
      try {
        await work();
        passed += 1;
        print(`  ok      ${name} (${took()})`);
        return true;
      } catch (error) {
        failed += 1;
        print(`  FAILED  ${name} (${took()})`);
        print(indent(error instanceof Error ? error.message : String(error)));
        return false;
      }
    },
    summary: () => `${passed} passed, ${failed} failed`,
    get ok() {
      return failed === 0 && passed > 0;
    },
  };
}

/** @throws Error with the differences, if there are any. */
export function expectNone(differences: readonly string[]): void {
  if (differences.length > 0) throw new Error(differences.join("\n"));
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "          ");
}
