/** What the plan is computed from: figures that `bun run capacity --measure` has measured. */

export interface CapacityInputs {
  readonly measuredOn: string;
  readonly date: string;
  /** A roll makes so many spans, in two services. */
  readonly spansPerRequest: number;
  /** Of OTLP over HTTP, uncompressed. */
  readonly wireBytesPerSpan: number;
  /** In the topic's log, compressed, one copy; each trace of a batch is a record of its own. */
  readonly kafkaBytesPerSpan: number;
  /** In the database's files, one copy, indexes included. */
  readonly storedBytesPerSpan: number;
  /** Spans that one core takes in a second. */
  readonly spansPerCoreSecond: {
    readonly collector: number;
    readonly kafka: number;
    /** Reading and deciding. */
    readonly ingesterRead: number;
    /** Writing what was kept, on top of reading. */
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
