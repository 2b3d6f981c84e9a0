/** The clauses that the cases test, each with its section. */

export interface Clause {
  /** The specification and the number of its section. */
  readonly section: string;
  readonly url: string;
}

const level2 = (section: string, anchor: string): Clause => ({
  section: `Trace Context 2, ${section}`,
  url: `https://www.w3.org/TR/trace-context-2/#${anchor}`,
});

const baggage = (section: string, anchor: string): Clause => ({
  section: `Baggage, ${section}`,
  url: `https://www.w3.org/TR/baggage/#${anchor}`,
});

export const clauses = {
  traceparentName: level2("3.2.1 Header Name", "header-name"),
  traceparentValue: level2("3.2.2 traceparent Header Field Values", "traceparent-header-field-values"),
  version: level2("3.2.2.1 version", "version"),
  versionFormat: level2("3.2.2.2 version-format", "version-format"),
  traceId: level2("3.2.2.3 trace-id", "trace-id"),
  parentId: level2("3.2.2.4 parent-id", "parent-id"),
  traceFlags: level2("3.2.2.5 trace-flags", "trace-flags"),
  sampledFlag: level2("3.2.2.5.1 Sampled flag", "sampled-flag"),
  randomFlag: level2("3.2.2.5.2 Random Trace ID Flag", "random-trace-id-flag"),
  otherFlags: level2("3.2.2.5.3 Other Flags", "other-flags"),
  versioning: level2("3.2.4 Versioning of traceparent", "versioning-of-traceparent"),
  tracestate: level2("3.3 Tracestate Header", "tracestate-header"),
  tracestateName: level2("3.3.1 Header Name", "header-name-0"),
  tracestateValue: level2("3.3.2 tracestate Header Field Values", "tracestate-header-field-values"),
  list: level2("3.3.2.1 list", "list"),
  key: level2("3.3.2.2.1 Key", "key"),
  value: level2("3.3.2.2.2 Value", "value"),
  combined: level2("3.3.3 Combined Header Value", "combined-header-value"),
  tracestateLimits: level2("3.3.3.1 tracestate Limits", "tracestate-limits"),
  tracestateVersioning: level2("3.3.5 Versioning of tracestate", "versioning-of-tracestate"),
  mutateTracestate: level2("3.5 Mutating the tracestate Field", "mutating-the-tracestate-field"),
  noTraceparent: level2("4.2 No traceparent Received", "no-traceparent-received"),
  traceparentReceived: level2("4.3 A traceparent is Received", "a-traceparent-is-received"),
  baggageString: baggage("3.3.1.1 baggage-string", "baggage-string"),
  baggageKey: baggage("3.3.1.2 key", "key"),
  baggageValue: baggage("3.3.1.3 value", "value"),
  baggageProperty: baggage("3.3.1.4 property", "property"),
  baggageLimits: baggage("3.3.2 Limits", "limits"),
} as const satisfies Record<string, Clause>;

export type ClauseId = keyof typeof clauses;
