import { startTelemetry, withSpan } from "@baton/telemetry";
import { context, propagation, ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";

interface Message {
  readonly body: string;
  /** Travels with the message, as HTTP headers travel with a request: `traceparent`, `tracestate`, `baggage`. */
  readonly headers: Record<string, string>;
}

const telemetry = startTelemetry({ serviceName: "mailer" });
const queue: Message[] = [];

function send(body: string): void {
  withSpan(telemetry, "send mails", { kind: SpanKind.PRODUCER }, () => {
    const headers = {};
    propagation.inject(context.active(), headers);
    queue.push({ body, headers });
  });
}

async function receive({ body, headers }: Message): Promise<void> {
  // ROOT_CONTEXT: the parent is who sent the message, never what happens to be active here.
  const sender = propagation.extract(ROOT_CONTEXT, headers);
  await context.with(sender, () =>
    withSpan(telemetry, "process mails", { kind: SpanKind.CONSUMER }, async (span) => {
      span.setAttribute("mail.length", body.length);
    }),
  );
}

send("hello");
for (const message of queue) await receive(message);

await telemetry.shutdown();
