/** When a call is tried again. Only unary methods that the contract calls free of side effects are. */
import { trace } from "@opentelemetry/api";
import type { RetryOptions } from "nice-grpc-client-middleware-retry";
import { Status } from "nice-grpc-common";

/**
 * UNAVAILABLE is tried again, at most twice. One span covers the call with all its attempts, so each further attempt
 * is an event on it: its number from 2, the status before it, and how long was waited.
 */
export const retryPolicy = {
  retryableStatuses: [Status.UNAVAILABLE],
  retryMaxAttempts: 2,
  retryBaseDelayMs: 50,
  retryMaxDelayMs: 200,
  onRetryableError({ code }, attempt, delayMs) {
    trace.getActiveSpan()?.addEvent("rpc.retry", {
      "rpc.retry.attempt": attempt + 2,
      "rpc.retry.delay_ms": delayMs,
      "rpc.status_code": Status[code],
    });
  },
} satisfies RetryOptions;
