import { ClientError } from "nice-grpc-common";

/** The gRPC status that a call ended with, or its response when it was OK. */
export async function statusOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ClientError) return { code: error.code, details: error.details };
    throw error;
  }
}
