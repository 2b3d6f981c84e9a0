/** The profiles of compose.yaml, and the variables that they need. */

/** A profile starts containers but cannot change other containers. These variables make the services use them. */
const variables = {
  metrics: {},
  lab: {},
  collector: {
    BATON_OTLP_ENDPOINT: "http://collector:4318",
    BATON_METRICS_EXPORTER: "otlp,prometheus",
    BATON_LOGS_EXPORTER: "otlp",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Profile = keyof typeof variables;

export const profiles: readonly Profile[] = ["metrics", "collector", "lab"];

export function isProfile(name: string): name is Profile {
  return Object.hasOwn(variables, name);
}

/** The arguments of `docker compose` that select these profiles. */
export function profileArguments(selected: readonly Profile[]): readonly string[] {
  return selected.flatMap((profile) => ["--profile", profile]);
}

export function profileVariables(selected: readonly Profile[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...selected.map((profile) => variables[profile]));
}
