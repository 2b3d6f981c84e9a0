import { describe, expect, test } from "bun:test";
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { traceRequest } from "../testing/otlp.ts";
import { JSON_TYPE, PROTOBUF, startOtlpHttp, toProtobuf } from "../testing/otlp-http.ts";
import { Status } from "./gen/google/rpc/status.ts";
import { MAX_BODY_BYTES } from "./limits.ts";

const PACKERS = [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["zlib", deflateSync],
  ["zstd", zstdCompressSync],
] as const;

const GOOD = { spanId: "1111111111111111", name: "GET /", kind: 2 };

describe("a request that is not OTLP", () => {
  test.each([
    ["cut off", toProtobuf(traceRequest({ spans: [GOOD] })).slice(0, -3)],
    ["no message", new TextEncoder().encode("\x07hello")],
    ["nested too deep", nested(200)],
  ])("gets 400 and a Status in protobuf: %s", async (_name, body) => {
    const { store, send } = startOtlpHttp();
    const response = await send(body, { "content-type": PROTOBUF });
    expect(response.status).toBe(400);
    expect(await readStatus(response)).toMatchObject({ code: 3, message: expect.stringContaining("not OTLP") });
    expect(store.stats().spans).toBe(0);
  });

  test.each([
    ["half of it", "{", "JSON"],
    ["nothing", "", "JSON"],
    ["a list", "[]", " must be an object"],
    ["an object for a list", '{"resourceSpans":{}}', "resourceSpans must be a list"],
    ["a number for a text", spans('{},{"name":7}'), "resourceSpans[0].scopeSpans[0].spans[1].name must be a string"],
    ["the name of an enum", spans('{"kind":"SPAN_KIND_SERVER"}'), "spans[0].kind must be a whole number"],
    ["a time in words", spans('{"startTimeUnixNano":"soon"}'), "spans[0].startTimeUnixNano must be a whole number"],
    ["a time below zero", spans('{"endTimeUnixNano":-1}'), "spans[0].endTimeUnixNano must be a whole number"],
    ["nesting without end", spans("[".repeat(100_000)), "nested too deep"],
  ])("gets 400 and a Status in JSON that names the place: %s", async (_name, body, message) => {
    const { send } = startOtlpHttp();
    const response = await send(body, { "content-type": JSON_TYPE });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe(JSON_TYPE);
    expect(await response.json()).toEqual({ code: 3, message: expect.stringContaining(message) });
  });

  test("gets 400 for JSON that is not UTF-8", async () => {
    const { send } = startOtlpHttp();
    const latin1 = Uint8Array.from(spans('{"name":"w\xfcrfeln"}'), (character) => character.charCodeAt(0));
    expect((await send(latin1, { "content-type": JSON_TYPE })).status).toBe(400);
  });

  test.each(PACKERS)("gets 400 for a body that is not %s or is truncated", async (encoding, pack) => {
    const { send, store } = startOtlpHttp();
    const headers = { "content-type": PROTOBUF, "content-encoding": encoding };
    const packed = pack(toProtobuf(traceRequest({ spans: [GOOD] })));
    for (const body of [new Uint8Array([1, 2, 3]), new Uint8Array(packed.subarray(0, -5))]) {
      const response = await send(body, headers);
      expect(response.status).toBe(400);
      expect(await readStatus(response)).toMatchObject({ code: 3 });
    }
    expect(store.stats().spans).toBe(0);
  });

  test("gets only 200 or 400, wherever it is truncated and whichever byte is wrong", async () => {
    const { send } = startOtlpHttp();
    const good = toProtobuf(
      traceRequest({ spans: [{ ...GOOD, attributes: { a: ["b", { c: 1n }] }, traceState: "é" }] }),
    );
    for (let index = 0; index < good.length; index += 1) {
      const wrong = good.slice();
      wrong[index] = (wrong[index] ?? 0) ^ 0xff;
      for (const body of [good.slice(0, index), wrong]) {
        expect([200, 400]).toContain((await send(body, { "content-type": PROTOBUF })).status);
      }
    }
  });
});

describe("a request that is refused", () => {
  test.each(["text/plain", "application/xml", "multipart/form-data", ""])("415 for the type %j", async (type) => {
    const { send } = startOtlpHttp();
    const response = await send("{}", type === "" ? {} : { "content-type": type });
    expect(response.status).toBe(415);
    expect(await response.json()).toEqual({ code: 3, message: expect.stringContaining("application/x-protobuf") });
  });

  test("415 for an encoding that is not known", async () => {
    const { send } = startOtlpHttp();
    const response = await send("{}", { "content-type": JSON_TYPE, "content-encoding": "br" });
    expect(response.status).toBe(415);
  });

  test("405 for another method, with the allowed one", async () => {
    const { send } = startOtlpHttp();
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      const response = await send(null, {}, "/v1/traces", method);
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("POST");
    }
  });

  test("404 for another path", async () => {
    const { send } = startOtlpHttp();
    for (const path of ["/", "/v1/trace", "/v1/traces/", "/__proto__"]) {
      expect((await send("{}", { "content-type": JSON_TYPE }, path)).status).toBe(404);
    }
  });

  test("413 for a body that is too large: by its content-length, while it arrives, or after decompression", async () => {
    const { send } = startOtlpHttp();
    const large = new Uint8Array(MAX_BODY_BYTES + 1);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const attempts = [
      send(new Uint8Array(), { "content-type": PROTOBUF, "content-length": String(MAX_BODY_BYTES + 1) }),
      send(stream, { "content-type": PROTOBUF }),
      ...PACKERS.map(([encoding, pack]) =>
        send(new Uint8Array(pack(large)), { "content-type": PROTOBUF, "content-encoding": encoding }),
      ),
    ];
    for (const response of await Promise.all(attempts)) {
      expect(response.status).toBe(413);
      expect(await readStatus(response)).toMatchObject({
        code: 8,
        message: expect.stringContaining(`${MAX_BODY_BYTES}`),
      });
    }
  });

  test("503 and a time to come back where the bodies in flight fill their memory", async () => {
    const { send } = startOtlpHttp({ intake: { maxBytes: 10 } });
    const response = await send(toProtobuf(traceRequest({ spans: [GOOD] })), { "content-type": PROTOBUF });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await readStatus(response)).toMatchObject({ code: 14 });
  });

  test("413 for a small body with too many objects", async () => {
    const { send } = startOtlpHttp();
    const emptySpans = new Uint8Array(1_000_002).fill(0).map((_, index) => (index % 2 === 0 ? 0x12 : 0));
    const body = lengthDelimited(1, lengthDelimited(2, emptySpans));
    expect((await send(body, { "content-type": PROTOBUF })).status).toBe(413);
    const json = spans(`${"{},".repeat(600_000)}{}`);
    const response = await send(json, { "content-type": JSON_TYPE });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ code: 8, message: expect.stringContaining("1000000 values") });
  });

  test("no answer allows a page of another origin to read or send", async () => {
    const { send } = startOtlpHttp();
    for (const method of ["POST", "OPTIONS"]) {
      const body = method === "POST" ? "{}" : null;
      const response = await send(
        body,
        { "content-type": JSON_TYPE, origin: "http://evil.example" },
        "/v1/traces",
        method,
      );
      expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });
});

async function readStatus(response: Response): Promise<Status> {
  expect(response.headers.get("content-type")).toBe(PROTOBUF);
  return Status.decode(await response.bytes());
}

/** An attribute in a list in a list, and so on. */
function nested(depth: number): Uint8Array<ArrayBuffer> {
  let value: object = { stringValue: "deep" };
  for (let level = 0; level < depth; level += 1) value = { arrayValue: { values: [value] } };
  return toProtobuf({ resourceSpans: [{ resource: { attributes: [{ key: "k", value }] } }] });
}

function spans(json: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[${json}]}]}]}`;
}

/** A field of protobuf's wire format. */
function lengthDelimited(field: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(value).finish());
}
