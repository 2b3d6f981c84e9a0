/** The requests of the benchmark: one path each, and the expected status. */
export interface Scenario {
  readonly name: string;
  readonly path: string;
  readonly status: number;
  /** The share of the unary scenario's requests that this one sends, because it may be slower. */
  readonly share: number;
  /** The pace of the requests. @default as many as the pair answers */
  readonly requestsPerSecond?: number;
}

export const UNARY: Scenario = { name: "unary", path: "/rolldice?rolls=3&player=ann", status: 200, share: 1 };

export const SCENARIOS: readonly Scenario[] = [
  UNARY,
  {
    name: "stream of 10",
    path: "/rolldice/stream?rolls=10&interval_ms=0&player=ann",
    status: 200,
    share: 0.3,
  },
  { name: "error 403", path: "/rolldice?player=mallory", status: 403, share: 0.5 },
];
