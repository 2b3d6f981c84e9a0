import { describe, expect, test } from "bun:test";
import {
  ids,
  requestHeaders,
  responseHeaders,
  sampleCall,
  sampleSpan,
  sent,
  traceA,
  traceB,
} from "./testing/sample-call.ts";
import type { Trace } from "./trace.ts";
import { wireOf } from "./wire.ts";
import { renderWire } from "./wire-text.ts";
import type { Hop, WireHeader } from "./wire-types.ts";

function hopBetween(traces: readonly Trace[]): Hop {
  const [first, ...others] = traces;
  if (first === undefined) throw new Error("no trace");
  const hop = wireOf(first, others).find(({ from }) => from?.spanId === ids.call);
  if (hop === undefined) throw new Error("no hop");
  return hop;
}

function field(hop: Hop, name: WireHeader) {
  return hop.headers.find((candidate) => candidate.name === name);
}

describe("a hop", () => {
  test("has what left, what arrived, and the four parts of traceparent", () => {
    const hop = hopBetween(
      sampleCall({ left: requestHeaders({ traceparent: sent }), arrived: requestHeaders({ traceparent: sent }) }),
    );
    expect([hop.from?.service, hop.to?.service, hop.protocol, hop.joinedBy]).toEqual([
      "front",
      "back",
      "grpc",
      "parent",
    ]);
    expect(field(hop, "traceparent")).toMatchObject({
      change: "same",
      left: {
        state: "captured",
        values: [sent],
        parts: [{ version: "00", traceId: traceA, parentId: ids.call, flags: "03", sampled: true, problems: [] }],
      },
      arrived: { values: [sent] },
    });
  });

  test("comes after the one that caused it, also where the clock does not tell", () => {
    const [trace] = sampleCall({});
    const spans = (trace?.spans ?? []).map((span) => ({ ...span, startMicros: 0 }));
    const hops = wireOf({ traceId: traceA, spans: spans.toReversed() });
    expect(hops.map(({ to }) => to?.spanId)).toEqual([ids.entry, ids.served]);
  });

  test("begins outside where no span sent the request", () => {
    const [trace] = sampleCall({});
    const entry = trace && wireOf(trace)[0];
    expect(entry?.from).toBeUndefined();
    expect([entry?.to?.spanId, entry?.joinedBy]).toEqual([ids.entry, "none"]);
  });

  test("says not captured, absent, dropped, added and changed", () => {
    const change = (left: Record<string, string>, arrived: Record<string, string>) =>
      field(hopBetween(sampleCall({ left: requestHeaders(left), arrived: requestHeaders(arrived) })), "baggage")
        ?.change;
    const traceparent = sent;
    expect(change({ traceparent, baggage: "a=1" }, { traceparent })).toBe("dropped");
    expect(change({ traceparent }, { traceparent, baggage: "a=1" })).toBe("added");
    expect(change({ traceparent, baggage: "a=1" }, { traceparent, baggage: "a=2" })).toBe("changed");
    expect(change({ baggage: "a=1" }, {})).toBe("unknown");
    const hop = hopBetween(sampleCall({ left: requestHeaders({ baggage: "a=1" }) }));
    expect(field(hop, "traceparent")?.left.state).toBe("absent");
    expect(field(hop, "traceparent")?.arrived.state).toBe("not captured");
  });

  test("knows from other spans which headers a service captures", () => {
    const lost = { left: requestHeaders({ traceparent: sent }), isNewTrace: true };
    const healthy = sampleCall({ arrived: requestHeaders({ traceparent: sent }) }).map((trace) => ({
      traceId: "c".repeat(32),
      spans: trace.spans.map((span) => ({ ...span, traceId: "c".repeat(32) })),
    }));
    expect(field(hopBetween(sampleCall(lost)), "traceparent")?.arrived.state).toBe("not captured");
    expect(field(hopBetween([...sampleCall(lost), ...healthy]), "traceparent")?.arrived.state).toBe("absent");
  });

  test("does not conclude from one protocol to another", () => {
    const overHttp = sampleSpan({
      spanId: ids.work,
      kind: "client",
      service: "front",
      attributes: { "http.request.method": "GET", "http.request.header.traceparent": sent },
    });
    const other = { traceId: "c".repeat(32), spans: [{ ...overHttp, traceId: "c".repeat(32) }] };
    expect(field(hopBetween([...sampleCall({}), other]), "traceparent")?.left.state).toBe("not captured");
  });

  test("shows traceparent, and other headers where they were seen", () => {
    const hop = hopBetween(sampleCall({ left: requestHeaders({ baggage: "a=1" }) }));
    expect(hop.headers.map(({ name }) => name)).toEqual(["traceparent", "baggage"]);
  });

  test("does not miss grpc-timeout where a library has read it", () => {
    const headers = requestHeaders({ traceparent: sent });
    const left = requestHeaders({ traceparent: sent, "grpc-timeout": "2000m" });
    expect(field(hopBetween(sampleCall({ left, arrived: headers })), "grpc-timeout")?.change).toBe("unknown");
  });

  test("has traceresponse from the callee to the caller", () => {
    const answer = `00-${traceA}-${ids.served}-03`;
    const hop = hopBetween(sampleCall({ arrived: responseHeaders({ traceresponse: answer }) }));
    expect(field(hop, "traceresponse")).toMatchObject({
      left: { values: [answer] },
      arrived: { state: "not captured" },
    });
  });
});

describe("two ends of a hop in two traces are joined", () => {
  test("by traceresponse", () => {
    const left = responseHeaders({ traceresponse: `00-${traceB}-${ids.served}-03` });
    expect(hopBetween(sampleCall({ left, isNewTrace: true }))).toMatchObject({ joinedBy: "response" });
  });

  test("by the header that arrived, also in another format", () => {
    for (const headers of [{ traceparent: sent }, { b3: `${traceA}-${ids.call}-1` }, { "x-b3-spanid": ids.call }]) {
      const hop = hopBetween(sampleCall({ arrived: requestHeaders(headers), isNewTrace: true }));
      expect([hop.joinedBy, hop.to?.spanId]).toEqual(["header", ids.served]);
    }
  });

  test("by method and time, where one call alone fits", () => {
    const [first, second] = sampleCall({ isNewTrace: true });
    if (first === undefined || second === undefined) throw new Error("no traces");
    expect(hopBetween([first, second]).joinedBy).toBe("time");
    const twin = { traceId: "c".repeat(32), spans: second.spans.map((span) => ({ ...span, traceId: "c".repeat(32) })) };
    expect(hopBetween([first, second, twin])).toMatchObject({ joinedBy: "none" });
    const late = { ...second, spans: second.spans.map((span) => ({ ...span, startMicros: 8001 })) };
    expect(hopBetween([first, late]).to).toBeUndefined();
  });
});

test("what one caller has taken is not joined with another", () => {
  const headers = requestHeaders({ traceparent: sent });
  const [first, second] = sampleCall({ left: headers, arrived: headers, isNewTrace: true });
  const client = first?.spans[1];
  if (first === undefined || second === undefined || client === undefined) throw new Error("no spans");
  const twin = { ...client, spanId: "5".repeat(16) };
  const hops = wireOf({ ...first, spans: [...first.spans, twin] }, [second]);
  expect(hops.filter(({ to }) => to?.spanId === ids.served).map(({ from }) => from?.spanId)).toEqual([ids.call]);
});

test("a message is not joined by its time, and a call to a database is no hop", () => {
  const message = { "messaging.system": "kafka", "rpc.method": "m" };
  const at = { service: "s", startMicros: 0, durationMicros: 10 };
  const producer = sampleSpan({ ...at, spanId: ids.call, kind: "producer", attributes: message });
  const consumer = sampleSpan({ ...at, traceId: traceB, spanId: ids.served, kind: "consumer", attributes: message });
  const database = sampleSpan({ ...at, spanId: ids.work, kind: "client", attributes: { "db.system.name": "sqlite" } });
  const hops = wireOf({ traceId: traceA, spans: [producer, database] }, [{ traceId: traceB, spans: [consumer] }]);
  expect(hops.map(({ from, to }) => [from?.spanId, to?.spanId])).toEqual([[ids.call, undefined]]);
});

describe("captured headers", () => {
  const valuesOf = (attributes: Record<string, string>) => {
    const hop = hopBetween(sampleCall({ left: attributes }));
    return (["traceparent", "baggage"] as const).flatMap((name) => field(hop, name)?.left.values ?? []);
  };

  test.each([
    "http.request.header.traceparent",
    "rpc.request.header.traceparent",
    "rpc.request.metadata.traceparent",
    "rpc.grpc.request.metadata.traceparent",
  ])("are read from %s", (name) => {
    expect(valuesOf({ [name]: JSON.stringify([sent]) })).toEqual([sent]);
    expect(valuesOf({ [name]: sent })).toEqual([sent]);
  });

  test("are bounded in number and length", () => {
    const many = JSON.stringify(Array.from({ length: 9 }, () => "x".repeat(10_000)));
    const values = valuesOf({ "rpc.request.header.baggage": many });
    expect(values).toHaveLength(4);
    expect(values.every((value) => value.length <= 513)).toBe(true);
  });

  test("of baggage show no value of a private key, and still differ", () => {
    const left = requestHeaders({ baggage: "user.email=ann@example.com,table=blue,%75ser.id=s3cret" });
    const arrived = requestHeaders({ baggage: "user.email=bob@example.com,table=blue,%75ser.id=s3cret" });
    const hop = hopBetween(sampleCall({ left, arrived }));
    expect(field(hop, "baggage")?.left.values).toEqual(["user.email=REDACTED,table=blue,%75ser.id=REDACTED"]);
    expect(field(hop, "baggage")?.change).toBe("changed");
    expect(JSON.stringify(hop.headers)).not.toMatch(/ann@|bob@|s3cret/);
  });

  test("that are not on the list are never read", () => {
    const hop = hopBetween(sampleCall({ left: requestHeaders({ authorization: "Bearer s3cret", cookie: "s3cret" }) }));
    expect(JSON.stringify(hop.headers)).not.toContain("s3cret");
    expect(renderWire([hop])).not.toContain("s3cret");
  });
});

test.each([
  ["00-short-2222222222222222-01", "the trace id has 5 characters instead of 32"],
  [`00-${"A".repeat(32)}-${ids.call}-01`, "the trace id has uppercase letters"],
  [`ff-${traceA}-${ids.call}-01`, "the version ff is forbidden"],
  [`00-${"0".repeat(32)}-${ids.call}-01`, "the trace id has only zeros"],
  [`00-${traceA}-${ids.call}-01-more`, "version 00 has nothing after the flags"],
  [`00-${traceA}-${ids.call}-0x`, "the flags have a character that is not a hexadecimal digit"],
  [`00-${traceA}`, "the parent id is missing"],
  [`${sent},${sent}`, "there are 2 of them, and there must be one"],
])("%s: %s", (value, problem) => {
  const hop = hopBetween(sampleCall({ left: requestHeaders({ traceparent: value }) }));
  expect(field(hop, "traceparent")?.left.parts[0]?.problems).toContain(problem);
  expect(renderWire([hop])).toContain(problem);
});

test("a later version with more parts is well-formed", () => {
  const hop = hopBetween(sampleCall({ left: requestHeaders({ traceparent: `01-${traceA}-${ids.call}-01-more` }) }));
  expect(field(hop, "traceparent")?.left.parts[0]).toMatchObject({ rest: "more", problems: [] });
});

test("the text is safe to print", () => {
  const [trace] = sampleCall({
    left: requestHeaders({ baggage: "a=\u001b[31m\nb", traceparent: "00-1-2-3-\u001b]0;x\u0007" }),
  });
  const text = renderWire(trace === undefined ? [] : wireOf(trace));
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(text).toContain("\\x1b");
});

test("many spans cost no more than their number", () => {
  const spans = Array.from({ length: 20_000 }, (_, at) =>
    sampleSpan({
      spanId: String(at).padStart(16, "0"),
      ...(at > 0 && { parentId: "9".repeat(16) }),
      kind: at % 2 === 0 ? "client" : "server",
      service: "s",
      attributes: { "rpc.system.name": "grpc", "rpc.method": `m${at}` },
    }),
  );
  expect(wireOf({ traceId: traceA, spans })).toHaveLength(20_000);
});
