/** A queue in this process. */
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import type { BrokerKind } from "./broker.ts";

export const inProcess: BrokerKind = {
  system: "in_process",
  consumer: {},
  async open(onMessage) {
    return {
      async send(message) {
        // A consumer runs in no request.
        context.with(ROOT_CONTEXT, () => setImmediate(() => onMessage({ ...message, attributes: {} })));
        return {};
      },
      close: async () => {},
    };
  },
};
