#!/usr/bin/env bun
/** `bun run doctor URL`: examines, reports, and ends with 0, 1 or 2. */
import { type Arguments, HELP, readArguments } from "./arguments.ts";
import type { Examination, ExamineOptions } from "./examination.ts";
import { examine } from "./examine.ts";
import { renderJunit } from "./report/junit.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { createProgressView } from "./report/progress.ts";
import { renderText } from "./report/terminal.ts";
import { examineSelf } from "./self.ts";
import { isLoopback, readTarget, UsageError } from "./target.ts";

const CANNOT = 2;

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`doctor: ${error.message}`);
  process.exit(CANNOT);
}

async function main(words: readonly string[]): Promise<number> {
  const given = await readArguments(words, readFile);
  if (given.help) {
    console.log(HELP);
    return 0;
  }
  const view = createProgressView({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
  });
  const options = { ...given, onProgress: view.show };
  const examinations = given.self ? await examineSelf(options) : [await examineAddress(given, options)];
  view.end();
  console.log(render(examinations, given));
  return exitCode(examinations, given.strict);
}

async function examineAddress(given: Arguments, options: Omit<ExamineOptions, "url">): Promise<Examination> {
  const withUrl = { ...options, url: given.url ?? "" };
  askBefore(withUrl, given.yes);
  return examine(withUrl);
}

/** Some hundred POSTs to somebody else's machine are not sent by mistake. */
function askBefore(options: ExamineOptions, yes: boolean): void {
  const target = readTarget(options);
  if (yes || isLoopback(target) || target.method === "GET" || target.method === "HEAD") return;
  const what = target.protocol === "grpc" ? "gRPC calls" : `${target.method} requests`;
  const told = `The doctor would send up to 300 ${what} to ${target.host}, which is not this machine.`;
  if (process.stdin.isTTY !== true) throw new UsageError(`${told} Give --yes if that is what you want.`);
  if (!/^y(es)?$/i.test(prompt(`${told} Send them? [y/N]`) ?? "")) throw new UsageError("Nothing was sent.");
}

function render(examinations: readonly Examination[], { format, strict }: Arguments): string {
  switch (format) {
    case "json":
      return JSON.stringify(examinations.length === 1 ? examinations[0] : examinations, null, 2);
    case "junit":
      return renderJunit(examinations, strict);
    case "markdown":
      return examinations.map(renderMarkdown).join("\n");
    case "text": {
      const color = process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "";
      const width = process.stdout.columns ?? 100;
      return examinations.map((each) => renderText(each, { color, width })).join("\n\n");
    }
  }
}

function exitCode(examinations: readonly Examination[], strict: boolean): number {
  const is = (outcome: Examination["outcome"]) => examinations.some((each) => each.outcome === outcome);
  if (is("broken") || (strict && is("unusual"))) return 1;
  return is("unexamined") ? CANNOT : 0;
}

async function readFile(path: string): Promise<string> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new UsageError(`@${path}: there is no such file`);
  return file.text();
}
