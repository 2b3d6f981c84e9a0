/** Tells the cell how often a preload has disturbed its process, when it ends. */
export const FAULTS_MADE = "faults made: ";

/** To standard error, because standard output may be what is disturbed. */
export function reportAtEnd(faults: () => number): void {
  process.on("exit", () => console.error(`${FAULTS_MADE}${faults()}`));
}
