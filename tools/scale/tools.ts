/** The programs that the test needs and the project does not contain. */

export interface Tools {
  /** A Jaeger v2 binary. */
  readonly jaeger: string;
  /** Starts an Apache Kafka broker: `run DATA_DIR ADDRESS ADDRESSES`; `tool CLASS ARG...` runs one of its programs. */
  readonly kafka: string;
  /** Starts an Apache Cassandra node: `run DATA_DIR ADDRESS SEED_ADDRESS`. */
  readonly cassandra: string;
}

const variables = {
  jaeger: "BATON_REAL_JAEGER",
  kafka: "BATON_REAL_KAFKA",
  cassandra: "BATON_REAL_CASSANDRA",
} as const;

/** @returns The tools, or the names of the variables that do not name a program. */
export function findTools(env: Readonly<Record<string, string | undefined>>): Tools | readonly string[] {
  const tools = {
    jaeger: Bun.which(env.BATON_REAL_JAEGER ?? "") ?? "",
    kafka: Bun.which(env.BATON_REAL_KAFKA ?? "") ?? "",
    cassandra: Bun.which(env.BATON_REAL_CASSANDRA ?? "") ?? "",
  };
  const missing = (["jaeger", "kafka", "cassandra"] as const).filter((tool) => tools[tool] === "");
  return missing.length === 0 ? tools : missing.map((tool) => variables[tool]);
}
