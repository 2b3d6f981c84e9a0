/** What the doctor says. */
export type CheckId = "continues" | "strict" | "passes-on" | "baggage" | "answers" | "formats" | "sampling" | "ending";

/**
 * `broken` loses or mixes up traces. `unusual` breaks a rule whose loss few people see, or a rule that somebody may have
 * set aside on purpose. `not seen` could not be judged. `note` is for information.
 */
export type Level = "broken" | "unusual" | "not seen" | "note";

export interface Rule {
  readonly name: string;
  readonly url: string;
}

export interface Finding {
  /** Never changes: `passes-on/no-header`. */
  readonly id: string;
  readonly level: Level;
  /** One sentence. */
  readonly title: string;
  readonly sent: string;
  readonly came: string;
  readonly rule: Rule;
  /** What it breaks for the people who run the service. */
  readonly effect: string;
  /** How to mend it, for the SDK that the service says it uses. */
  readonly remedy: string;
  /** Cases, trace ids and the like; at most ten. */
  readonly examples: readonly string[];
}

export interface CheckResult {
  readonly id: CheckId;
  readonly title: string;
  /** The worst level of its findings; `right` with none of them worse than a note. */
  readonly state: "right" | Exclude<Level, "note">;
  /** What was seen, in one line. */
  readonly summary: string;
  readonly findings: readonly Finding[];
}

export const CHECK_TITLES: Readonly<Record<CheckId, string>> = {
  continues: "Continues",
  strict: "Is strict",
  "passes-on": "Passes on",
  baggage: "Baggage",
  answers: "Answers",
  formats: "Other formats",
  sampling: "Sampling",
  ending: "Ends well",
};

const ORDER: readonly Level[] = ["broken", "unusual", "not seen", "note"];
const MAX_EXAMPLES = 10;
const MAX_CHARACTERS = 200;

export function resultOf(id: CheckId, summary: string, findings: readonly Finding[]): CheckResult {
  const sorted = sortFindings(findings).map((each) => ({
    ...each,
    sent: shorten(each.sent),
    came: shorten(each.came),
    examples: each.examples.slice(0, MAX_EXAMPLES).map(shorten),
  }));
  const worst = sorted[0]?.level ?? "note";
  return { id, title: CHECK_TITLES[id], state: worst === "note" ? "right" : worst, summary, findings: sorted };
}

/** Headers may have thousands of characters. A long run of one letter, as in the cases, is cut before all else. */
function shorten(text: string): string {
  const cut = text.replaceAll(/([a-z])\1{20,}/g, (run, letter) => `${letter}${letter}${letter}…(${run.length})`);
  return cut.length > MAX_CHARACTERS ? `${cut.slice(0, MAX_CHARACTERS)}…` : cut;
}

/** The worst first; the order of the checks is kept. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
