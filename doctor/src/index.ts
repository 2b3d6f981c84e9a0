/** Examines a running service from outside: does a trace get through it? */
export type { Examination, ExamineOptions, Progress, ServiceFacts } from "./examination.ts";
export { examine } from "./examine.ts";
export type { CheckId, CheckResult, Finding, Level, Rule } from "./finding.ts";
export { type TargetOptions, UsageError } from "./target.ts";
