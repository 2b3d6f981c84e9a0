/** What a person sees while the doctor works. It goes to standard error, so that a report in a pipe stays clean. */
import { printable } from "@baton/trace-tree";
import type { Progress } from "../examination.ts";

export interface ProgressOutput {
  readonly write: (text: string) => void;
  /** A terminal: one line is written over and over. Otherwise each line once. */
  readonly isTerminal: boolean;
}

export interface ProgressView {
  show(progress: Progress): void;
  /** Clears the line that stands there. */
  end(): void;
}

export function createProgressView({ write, isTerminal }: ProgressOutput): ProgressView {
  const clear = isTerminal ? "\r\x1b[2K" : "";
  let isWaiting = false;
  const line = (text: string) => write(`${clear}${text}\n`);
  const passing = (text: string) => {
    if (isTerminal) write(`${clear}${text}`);
  };
  return {
    end: () => write(clear),
    show(progress) {
      switch (progress.kind) {
        case "listening":
          line("Start the service with these two variables, if it has others now:");
          line(`  OTEL_EXPORTER_OTLP_ENDPOINT=${progress.otlp.http}`);
          line("  OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
          line(`  (or ${progress.otlp.grpc} with grpc; OTEL_BSP_SCHEDULE_DELAY=200 makes it faster)`);
          return;
        case "waiting":
          if (!isTerminal && !isWaiting) line("Waiting for the first span ...");
          isWaiting = true;
          return passing(`Waiting for the first span ... ${progress.seconds} s`);
        case "first span":
          return line(`The first span came from ${printable(progress.service)}.`);
        case "no span":
          return line("No span came. What can be seen without spans is examined.");
        case "sending":
          return passing(`Sending ${progress.step}/${progress.steps}: ${progress.title} ...`);
        case "collecting":
          return passing("Waiting for the last spans ...");
      }
    },
  };
}
