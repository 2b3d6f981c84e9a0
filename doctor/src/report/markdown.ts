/** The report for a pull request or a page. */
import type { Examination } from "../examination.ts";
import type { Finding } from "../finding.ts";

export function renderMarkdown({ url, outcome, summary, checks, findings, remarks }: Examination): string {
  return [
    `### ${escapeMarkdown(url)}: ${outcome}`,
    "",
    escapeMarkdown(summary),
    ...(checks.length > 0 ? ["", "| check | | seen |", "|---|---|---|"] : []),
    ...checks.map((check) => `| ${check.title} | ${check.state} | ${escapeMarkdown(check.summary)} |`),
    ...findings.flatMap(renderFinding),
    ...(remarks.length > 0 ? ["", ...remarks.map((remark) => `- ${escapeMarkdown(remark)}`)] : []),
    "",
  ].join("\n");
}

function renderFinding({ id, level, title, sent, came, rule, effect, remedy, examples }: Finding): readonly string[] {
  return [
    "",
    `**${level}: ${escapeMarkdown(title)}** (\`${id}\`)`,
    "",
    `- sent: ${escapeMarkdown(sent)}`,
    `- came: ${escapeMarkdown(came)}`,
    ...(examples.length > 0 ? [`- such as: ${examples.slice(0, 3).map(escapeMarkdown).join("; ")}`] : []),
    `- rule: [${escapeMarkdown(rule.name)}](${rule.url})`,
    `- breaks: ${escapeMarkdown(effect)}`,
    `- mend: ${escapeMarkdown(remedy)}`,
  ];
}

/** What services and people wrote stays text. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#]/g, (character) => `\\${character}`).replaceAll(/\p{Cc}/gu, " ");
}
