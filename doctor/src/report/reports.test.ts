/** Whatever a service calls itself: no report obeys it. */
import { describe, expect, test } from "bun:test";
import type { Examination } from "../examination.ts";
import { resultOf } from "../finding.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { createProgressView } from "./progress.ts";
import { renderText } from "./terminal.ts";

const hostile = `\u001b]0;title\u0007<script>|"&'\u0000\`*[x](y)`;
const check = resultOf("continues", hostile, [
  {
    id: "continues/new-trace",
    level: "broken",
    title: hostile,
    sent: hostile,
    came: hostile,
    rule: { name: "a rule", url: "https://example.com/" },
    effect: "It breaks.",
    remedy: "Mend it.",
    examples: [hostile, "x".repeat(10_000), "z".repeat(10_000)],
  },
]);
const examination: Examination = {
  url: `http://localhost/${hostile}`,
  outcome: "broken",
  summary: hostile,
  service: { name: hostile, language: hostile },
  checks: [check],
  findings: check.findings,
  remarks: [hostile],
  requests: 1,
  durationMs: 1234,
};

describe("a hostile name", () => {
  test("is written out in a terminal", () => {
    const text = renderText(examination, { color: false });
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(text).toContain("1 request in 1.2 s");
  });

  test("is text in XML", () => {
    const xml = renderJunit([examination], false);
    expect(xml.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(xml).not.toContain("<script>");
    expect(xml).toContain('tests="1" failures="1" errors="0" skipped="0"');
  });

  test("is text in Markdown", () => {
    const text = renderMarkdown(examination);
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(text).not.toContain("<script>");
    expect(text).not.toContain("[x](y)");
  });

  test("is written out in the progress line", () => {
    let text = "";
    const view = createProgressView({ write: (part) => (text += part), isTerminal: false });
    view.show({ kind: "first span", service: hostile });
    expect(text.trimEnd()).not.toMatch(/\p{Cc}/u);
  });
});

test("what is quoted has a bound", () => {
  for (const example of check.findings[0]?.examples ?? []) expect(example.length).toBeLessThan(250);
});

test("on a terminal one line of progress replaces the other; in a pipe only what lasts is written", () => {
  const written = { terminal: "", pipe: "" };
  for (const where of ["terminal", "pipe"] as const) {
    const isTerminal = where === "terminal";
    const view = createProgressView({ write: (text) => (written[where] += text), isTerminal });
    view.show({ kind: "waiting", seconds: 1 });
    view.show({ kind: "waiting", seconds: 2 });
    view.show({ kind: "sending", title: "answers", step: 1, steps: 7 });
    view.end();
  }
  expect(written.terminal).toEndWith("\r\u001b[2KSending 1/7: answers ...\r\u001b[2K");
  expect(written.pipe).toBe("Waiting for the first span ...\n");
});
