/** When a call is tried again: only unary methods that the service definition marks as free of side effects. */
import { trace } from "@opentelemetry/api";
import type { RetryOptions } from "nice-grpc-client-middleware-retry";
import { Status } from "nice-grpc-common";

/**
 * UNAVAILABLE is tried again, at most twice. One span covers the call with all its attempts, so each further attempt
 * is an event on it: its number from 2, the status of the attempt before, and the delay.
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
