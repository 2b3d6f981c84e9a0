import { describe, expect, test } from "bun:test";
import { Metadata } from "nice-grpc-common";
import { headersGetter, headersSetter, metadataGetter, metadataSetter } from "./carriers.ts";

describe("Headers", () => {
  test("names are found in any case (Level 2, 3.2.1)", () => {
    expect(headersGetter.get(new Headers({ TraceParent: "x" }), "traceparent")).toBe("x");
    expect(headersGetter.get(new Headers(), "traceparent")).toBeUndefined();
    expect(headersGetter.keys(new Headers({ B: "1", A: "2" }))).toEqual(["a", "b"]);
  });

  test("repeated headers are joined in order", () => {
    const headers = new Headers([
      ["tracestate", "a=1"],
      ["tracestate", "b=2"],
    ]);
    expect(headersGetter.get(headers, "tracestate")).toBe("a=1, b=2");
  });

  test("writing replaces", () => {
    const headers = new Headers({ traceparent: "old" });
    headersSetter.set(headers, "traceparent", "new");
    expect(headers.get("traceparent")).toBe("new");
  });
});

test("a tracestate left over from another traceparent does not go on (Level 2, 3.4)", () => {
  const headers = new Headers({ traceparent: "old", tracestate: "OLD", other: "stays" });
  headersSetter.set(headers, "traceparent", "new");
  expect(Object.fromEntries(headers)).toEqual({ traceparent: "new", other: "stays" });
});

describe("gRPC metadata", () => {
  test("one value is text, several are seen as several or joined", () => {
    expect(metadataGetter.get(Metadata({ traceparent: "x" }), "traceparent")).toBe("x");
    expect(metadataGetter.get(Metadata(), "traceparent")).toBeUndefined();
    expect(metadataGetter.get(Metadata().append("tracestate", "a=1").append("tracestate", "b=2"), "tracestate")).toBe(
      "a=1, b=2",
    );
    const several: Metadata = Object.assign(Metadata(), { getAll: () => ["x", "y"] });
    expect(metadataGetter.get(several, "traceparent")).toEqual(["x", "y"]);
  });

  test("binary entries are not read", () => {
    const metadata = Metadata({ "grpc-trace-bin": new Uint8Array([1]), traceparent: "x" });
    expect(metadataGetter.keys(metadata)).toEqual(["traceparent"]);
    expect(metadataGetter.get(metadata, "grpc-trace-bin")).toBeUndefined();
  });
});

describe("metadata that is written", () => {
  test("a tracestate that belongs to another traceparent does not go on", () => {
    const metadata = Metadata({ traceparent: "old", tracestate: "OLD", other: "stays" });
    metadataSetter.set(metadata, "traceparent", "new");
    expect(Object.fromEntries(metadata)).toEqual({ traceparent: ["new"], other: ["stays"] });
    metadataSetter.set(metadata, "tracestate", "a=1");
    expect(metadata.get("tracestate")).toBe("a=1");
  });

  test("a binary entry is never written", () => {
    const metadata = Metadata();
    metadataSetter.set(metadata, "other-bin", "text");
    expect([...metadata]).toEqual([]);
  });
});
