/** The inputs of the plan, measured by `bun run capacity --measure`. */

export interface CapacityInputs {
  readonly measuredOn: string;
  readonly date: string;
  /** Spans of one roll, in both services. */
  readonly spansPerRequest: number;
  /** Of OTLP over HTTP, uncompressed. */
  readonly wireBytesPerSpan: number;
  /** In the topic's log, compressed, one copy; each trace of a batch is a record of its own. */
  readonly kafkaBytesPerSpan: number;
  /** In the database's files, one copy, indexes included. */
  readonly storedBytesPerSpan: number;
  /** Spans that one core can process in a second. */
  readonly spansPerCoreSecond: {
    readonly collector: number;
    readonly kafka: number;
    /** Reading and deciding. */
    readonly ingesterRead: number;
    /** Writing the kept spans, in addition to reading. */
    readonly ingesterWrite: number;
    /** Cassandra, one copy. */
    readonly database: number;
  };
}

const file = new URL("../../../docs/capacity-inputs.json", import.meta.url);

export async function readInputs(): Promise<CapacityInputs> {
  return Bun.file(file).json();
}

export async function writeInputs(inputs: CapacityInputs): Promise<void> {
  await Bun.write(file, `${JSON.stringify(inputs, null, 2)}\n`);
}
