import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { createIntake } from "./intake.ts";

const ENCODINGS = ["identity", "gzip"];
const plain = (chunks: AsyncIterable<Uint8Array>) => ({ chunks, encoding: "identity", encodings: ENCODINGS });
const packed = (bytes: Uint8Array) => ({ ...plain(once(bytes)), encoding: "gzip" });
const lengthOf = (bytes: Uint8Array) => bytes.length;

async function* once(bytes: Uint8Array) {
  yield bytes;
}

/** A body that has sent its first bytes and goes on when it is told to. */
function held(bytes: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  async function* chunks() {
    yield new Uint8Array(bytes);
    begun.resolve();
    await promise;
  }
  return { body: plain(chunks()), begun: begun.promise, end: resolve };
}

describe("bodies in flight", () => {
  test("are bounded together; what is beyond is refused with 503, and taken once the others are through", async () => {
    const intake = createIntake({ maxBytes: 100_000 });
    const first = held(60_000);
    const taken = intake.take(first.body, lengthOf);
    await first.begun;
    const second = () => intake.take(plain(once(new Uint8Array(50_000))), lengthOf);
    await expect(second()).rejects.toMatchObject({ status: 503, message: expect.stringContaining("in 1 s") });
    first.end();
    expect(await taken).toBe(60_000);
    expect(await second()).toBe(50_000);
  });

  test("are given back by bodies that fail, too", async () => {
    const intake = createIntake({ maxBytes: 100_000, maxBodyBytes: 70_000 });
    const fail = () => {
      throw new Error("no OTLP");
    };
    await expect(intake.take(plain(once(new Uint8Array(60_000))), fail)).rejects.toThrow("no OTLP");
    await expect(intake.take(plain(once(new Uint8Array(80_000))), lengthOf)).rejects.toMatchObject({ status: 413 });
    await expect(intake.take(packed(new Uint8Array(60_000)), lengthOf)).rejects.toMatchObject({ status: 400 });
    expect(await intake.take(plain(once(new Uint8Array(70_000))), lengthOf)).toBe(70_000);
  });

  test("of a sender that never ends its body are given back after a time", async () => {
    const intake = createIntake({ maxBytes: 100_000, timeoutMs: 1 });
    const endless = held(100_000);
    await expect(intake.take(endless.body, lengthOf)).rejects.toMatchObject({ status: 408 });
    expect(await intake.take(plain(once(new Uint8Array(100_000))), lengthOf)).toBe(100_000);
  });

  test("count each piece, which takes memory also where it is a single byte", async () => {
    const intake = createIntake({ maxBytes: 1_000_000 });
    async function* pieces(count: number) {
      for (let sent = 0; sent < count; sent += 1) yield new Uint8Array(1);
    }
    await expect(intake.take(plain(pieces(100_000)), lengthOf)).rejects.toMatchObject({ status: 503 });
    expect(await intake.take(plain(pieces(1000)), lengthOf)).toBe(1000);
  });
});

describe("packed bodies", () => {
  test("are unpacked one at a time", async () => {
    const intake = createIntake();
    const bomb = gzipSync(new Uint8Array(1_000_000));
    let open = 0;
    const use = (bytes: Uint8Array) => {
      open += 1;
      const seen = [open, bytes.length];
      open -= 1;
      return seen;
    };
    const results = await Promise.all(Array.from({ length: 20 }, () => intake.take(packed(bomb), use)));
    expect(results).toEqual(Array.from({ length: 20 }, () => [1, 1_000_000]));
  });

  test("wait in a line of bounded length", async () => {
    const intake = createIntake({ maxWaiting: 2 });
    const bomb = gzipSync(new Uint8Array(1_000_000));
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => intake.take(packed(bomb), lengthOf)));
    expect(results.map((each) => (each.status === "fulfilled" ? each.value : each.reason.status))).toEqual([
      1_000_000, 1_000_000, 503, 503, 503,
    ]);
  });

  test("that unpack to more than a body may be are refused, and block nobody", async () => {
    const intake = createIntake({ maxBodyBytes: 1000 });
    await expect(intake.take(packed(gzipSync(new Uint8Array(1001))), lengthOf)).rejects.toMatchObject({ status: 413 });
    expect(await intake.take(packed(gzipSync(new Uint8Array(1000))), lengthOf)).toBe(1000);
  });
});
