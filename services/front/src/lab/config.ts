/** The settings of front's lab. No other file of the lab reads the environment. */
import { readEnvironment } from "@baton/service";

export interface LabConfig {
  /** `LAB_STRANGER_URL`: a service of somebody else. @default "http://127.0.0.1:3001/" */
  readonly strangerUrl: string;
  /** `LAB_KAFKA_BROKERS`: `host:port` of a Kafka, several with commas between them. @default none: a queue in this process */
  readonly kafkaBrokers: readonly string[];
  /** One sentence for each value that is invalid and was replaced by its default. */
  readonly problems: readonly string[];
}

const httpUrl = { pattern: /^https?:\/\/\S+$/, description: "a URL of HTTP" };
const addresses = {
  pattern: /^(\[[0-9a-f:.]+\]|[\w.-]+):\d{1,5}(\s*,\s*(\[[0-9a-f:.]+\]|[\w.-]+):\d{1,5})*$/i,
  description: "host:port, or several with commas between them",
};

/** @param source The variables: `process.env`, or a plain object in a test. */
export function readLabConfig(source: Readonly<Record<string, string | undefined>>): LabConfig {
  const env = readEnvironment(source);
  const brokers = env.text("LAB_KAFKA_BROKERS", "", addresses);
  return {
    strangerUrl: env.text("LAB_STRANGER_URL", "http://127.0.0.1:3001/", httpUrl),
    kafkaBrokers: brokers === "" ? [] : brokers.split(",").map((address) => address.trim()),
    problems: env.problems,
  };
}
