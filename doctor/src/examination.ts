/** What is asked for and what is answered: the types of the library. */
import type { CheckResult, Finding } from "./finding.ts";
import type { TargetOptions } from "./target.ts";

export interface ExamineOptions extends TargetOptions {
  /** The pages of a Jaeger that the service sends its spans to. @default A receiver of OTLP in this process. */
  readonly query?: string;
  /** Where the receiver and the call-back listen. @default "127.0.0.1" */
  readonly listenHost?: string;
  /** 0 takes any free port, here and below. @default 4318 */
  readonly otlpHttpPort?: number;
  /** @default 4317 */
  readonly otlpGrpcPort?: number;
  /** Milliseconds until the first span must have come; then the rest is done without spans. @default 60000 */
  readonly waitMs?: number;
  /** Milliseconds for the answer to one request. @default 10000 */
  readonly timeoutMs?: number;
  /** Milliseconds for all requests; those that are left then are not sent. @default 120000 */
  readonly budgetMs?: number;
  /** The process of the service: it gets SIGTERM at the end. @default It is left alone. */
  readonly pid?: number;
  /** Told of everything that a person would like to see meanwhile. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Examination {
  readonly url: string;
  /** `unexamined`: the address does not answer, or neither a span nor a call of the service was seen. */
  readonly outcome: "right" | "unusual" | "broken" | "unexamined";
  /** In one sentence. */
  readonly summary: string;
  readonly service: ServiceFacts | undefined;
  readonly checks: readonly CheckResult[];
  /** Those of all checks, the worst first. */
  readonly findings: readonly Finding[];
  /** What else the person should know, such as that every answer was 401. */
  readonly remarks: readonly string[];
  readonly requests: number;
  readonly durationMs: number;
}

export interface ServiceFacts {
  readonly name: string;
  /** `telemetry.sdk.language`; of JavaScript the runtime, where it is said. */
  readonly language: string;
  readonly distro?: string;
  readonly sdkVersion?: string;
}

export type Progress =
  /** What the service's OTEL_EXPORTER_OTLP_ENDPOINT must be. */
  | { readonly kind: "listening"; readonly otlp: { readonly http: string; readonly grpc: string } }
  /** No span has come yet. */
  | { readonly kind: "waiting"; readonly seconds: number }
  | { readonly kind: "first span"; readonly service: string }
  | { readonly kind: "no span" }
  | { readonly kind: "sending"; readonly title: string; readonly step: number; readonly steps: number }
  | { readonly kind: "collecting" };
