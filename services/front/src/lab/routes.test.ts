import { expect, test } from "bun:test";
import { startTestTelemetry } from "@baton/telemetry/testing";
import { Elysia } from "elysia";
import { answerErrors } from "../errors.ts";
import { labRoutes } from "./routes.ts";

let fault: string | undefined;
const { telemetry } = startTestTelemetry();
const log = { error: () => {}, warn: () => {}, info: () => {} };
const app = new Elysia().onError(answerErrors(log)).use(
  labRoutes({
    telemetry,
    fetchOptions: {},
    strangerUrl: "http://127.0.0.1:9",
    queue: { sendAndConsume: () => Promise.reject(new Error("not used here")), close: () => Promise.resolve() },
    fault: {
      get: () => fault,
      set: (next) => {
        fault = next;
      },
    },
  }),
);

const put = (body: unknown): Promise<Response> =>
  app.handle(
    new Request("http://localhost/lab/fault", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

test("a fault is switched on and off", async () => {
  expect(await (await put({ fault: "header-dropped" })).json()).toEqual({ fault: "header-dropped" });
  expect(fault).toBe("header-dropped");
  expect(await (await put({ fault: null })).json()).toEqual({ fault: null });
  expect(fault).toBeUndefined();
});

test.each([{ fault: "Not A Name" }, { fault: 1 }, {}])(
  "%j is refused once, with the field of the body and its rule",
  async (body) => {
    const response = await put(body);
    expect(response.status).toBe(400);
    const rule = "the name of a fault, in lower case with hyphens, or null";
    expect(await response.json()).toMatchObject({ errors: [{ in: "body", field: "fault", rule }] });
  },
);

test("a body of 10 MB is 413, and is not read to its end", async () => {
  const chunk = new Uint8Array(64 * 1024).fill(0x20);
  let left = 160;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      left -= 1;
      if (left > 0) controller.enqueue(chunk);
      else controller.close();
    },
  });
  const headers = { "content-type": "application/json" };
  const response = await app.handle(new Request("http://localhost/lab/fault", { method: "PUT", headers, body }));
  const rule = "at most 16384 bytes";
  expect([response.status, await response.json()]).toMatchObject([
    413,
    { errors: [{ in: "body", field: "(all)", rule }] },
  ]);
  expect(left).toBeGreaterThan(150);
});

test.each(["text/plain", undefined])("a body whose content type is %p is no JSON", async (type) => {
  fault = undefined;
  const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
  const body = new Blob(['{"fault":"b3"}']);
  const response = await app.handle(new Request("http://localhost/lab/fault", { method: "PUT", headers, body }));
  expect([response.status, fault]).toEqual([400, undefined]);
});

test("a body that is no object is refused as a whole", async () => {
  expect(await (await put(null)).json()).toMatchObject({
    detail: "the message must be a JSON object.",
    errors: [{ in: "body", field: "(all)", rule: "a JSON object" }],
  });
});
