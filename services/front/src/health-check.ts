/** Asks a server for its health by the gRPC health protocol. Not traced, because probes call it all the time. */
import { type Channel, createClientFactory } from "nice-grpc";
import { type DeadlineOptions, deadlineMiddleware } from "nice-grpc-client-middleware-deadline";
import { type CallOptions, ClientError } from "nice-grpc-common";
import { HealthDefinition } from "nice-grpc-server-health";

/** `SERVING` in grpc.health.v1; the package does not export the enumeration. */
const serving = 1;

/** @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
export function createHealthCheck(channel: Channel): (options: CallOptions & DeadlineOptions) => Promise<boolean> {
  const client = createClientFactory().use(deadlineMiddleware).create(HealthDefinition, channel);
  return async (options) => {
    try {
      const { status } = await client.check({ service: "" }, options);
      return status === serving;
    } catch (error) {
      if (error instanceof ClientError) return false;
      throw error;
    }
  };
}
