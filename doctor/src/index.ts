/** Examines a running service from outside: does a trace get through it? */

export type { ServiceFacts } from "./evidence.ts";
export { type Examination, type ExamineOptions, examine } from "./examine.ts";
export type { CheckId, CheckResult, Finding, Level, Rule } from "./finding.ts";
export type { Progress } from "./session.ts";
export { type TargetOptions, UsageError } from "./target.ts";
