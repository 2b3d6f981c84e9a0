/** The report as JUnit's XML, which CI systems show: one test case for each check. */
import type { Examination } from "../examination.ts";
import type { CheckResult } from "../finding.ts";

/** @param strict Whether what is unusual fails too. */
export function renderJunit(examinations: readonly Examination[], strict: boolean): string {
  const suites = examinations.map((examination) => renderSuite(examination, strict));
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>", ""].join("\n");
}

function renderSuite({ url, outcome, summary, checks, durationMs }: Examination, strict: boolean): string {
  const fails = ({ state }: CheckResult) => state === "broken" || (strict && state === "unusual");
  const skipped = checks.filter(({ state }) => state === "not seen").length;
  const unexamined = outcome === "unexamined" ? 1 : 0;
  const counts = `tests="${checks.length + unexamined}" failures="${checks.filter(fails).length}" errors="${unexamined}" skipped="${skipped}"`;
  return [
    `  <testsuite name="${escapeXml(url)}" ${counts} time="${(durationMs / 1000).toFixed(3)}">`,
    ...(unexamined > 0
      ? [`    <testcase classname="doctor" name="can be examined"><error message="${escapeXml(summary)}"/></testcase>`]
      : []),
    ...checks.map((check) => renderCase(check, fails(check))),
    "  </testsuite>",
  ].join("\n");
}

function renderCase({ id, title, state, summary, findings }: CheckResult, failed: boolean): string {
  const head = `    <testcase classname="doctor" name="${escapeXml(`${title} (${id})`)}"`;
  if (failed) {
    const text = findings
      .filter(({ level }) => level !== "note")
      .map(
        (each) =>
          `${each.level}: ${each.title}\nsent: ${each.sent}\ncame: ${each.came}\nrule: ${each.rule.url}\nmend: ${each.remedy}`,
      )
      .join("\n\n");
    return `${head}><failure message="${escapeXml(summary)}">${escapeXml(text)}</failure></testcase>`;
  }
  if (state === "not seen") return `${head}><skipped message="${escapeXml(summary)}"/></testcase>`;
  return `${head}/>`;
}

/** XML 1.0 has no control characters, not even escaped. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\x20-\uD7FF\uE000-\uFFFD]/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
