/** The last requests of a process. Their receiver is on another thread, because this one waits for the answers. */
import { afterAll, expect, test } from "bun:test";
import { type OtlpConfig, readTelemetryConfig } from "../config.ts";
import { explainFailure } from "./failure.ts";
import { sendLastPosts } from "./last-posts.ts";

const receivers: Worker[] = [];
afterAll(() => {
  for (const receiver of receivers) receiver.terminate();
});

/** Sends one request over gRPC. */
function send(endpoint: string, change = (otlp: OtlpConfig): OtlpConfig => otlp) {
  const { config } = readTelemetryConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
  });
  const destination = { signal: "TRACES", otlp: change(config.traces.otlp) } as const;
  const [answer] = sendLastPosts([{ destination, body: new Uint8Array() }], 20_000);
  return { answer, reason: answer?.status === "failure" ? explainFailure(answer.error, destination).reason : "" };
}

/** Answers each call over gRPC with so many bytes. @returns Its address. */
async function startReceiver(bytes: number): Promise<string> {
  const source = `
    const { createServer } = require("node:http2");
    const head = { ":status": 200, "content-type": "application/grpc", "grpc-status": 0 };
    const server = createServer().on("stream", (stream) => {
      stream.on("error", () => {}).respond(head);
      stream.end(Buffer.alloc(${bytes}));
    });
    server.listen(0, "localhost", () => postMessage(server.address().port));
  `;
  const receiver = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  receivers.push(receiver);
  const { promise, resolve } = Promise.withResolvers<number>();
  receiver.onmessage = ({ data }) => resolve(data);
  return `http://localhost:${await promise}`;
}

test("an answer over gRPC is read", async () => {
  const { answer } = send(await startReceiver(5));
  expect(answer).toEqual({ status: "success", data: expect.objectContaining({ length: 0 }) });
});

test("an answer over gRPC of more than 4 MiB is not read", async () => {
  const { reason } = send(await startReceiver(6 * 1024 * 1024));
  expect(reason).toBe("the answer is too long for an OTLP receiver");
});

test("where nothing can be sent, the answer is the error", () => {
  const { answer } = send("http://localhost:1", (otlp) => ({ ...otlp, endpoint: "http://[" }));
  expect(answer).toEqual({ status: "failure", error: expect.any(Error) });
  expect(answer).toMatchObject({ error: { message: expect.stringContaining("URL") } });
});
