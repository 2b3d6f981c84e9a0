/** The settings of front's lab. No other file of the lab reads the environment. */
import { readEnvironment } from "@baton/service";

export interface LabConfig {
  /** `LAB_STRANGER_URL`: a service of somebody else. @default "http://127.0.0.1:3001/" */
  readonly strangerUrl: string;
}

/** @param source The variables: `process.env`, or a plain object in a test. */
export function readLabConfig(source: Readonly<Record<string, string | undefined>>): LabConfig {
  const httpUrl = { pattern: /^https?:\/\/\S+$/, description: "a URL of HTTP" };
  return { strangerUrl: readEnvironment(source).text("LAB_STRANGER_URL", "http://127.0.0.1:3001/", httpUrl) };
}
