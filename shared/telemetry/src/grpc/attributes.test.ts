import { describe, expect, test } from "bun:test";
import { Metadata } from "nice-grpc-common";
import { createHeaderCapture } from "../captured-headers.ts";
import { redactSecrets } from "../redact.ts";
import { hostAttributes, metadataEntries, peerAttributes, rpcMethod, targetAttributes } from "./attributes.ts";

test("rpc.method has no leading slash", () => {
  expect(rpcMethod("/baton.dice.v1.DiceService/Roll")).toBe("baton.dice.v1.DiceService/Roll");
});

/** @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/#client */
describe("server.address of a channel's target", () => {
  test.each([
    ["grpc.io:50051", { "server.address": "grpc.io", "server.port": 50051 }],
    ["grpc.io", { "server.address": "grpc.io" }],
    ["dns:grpc.io:50051", { "server.address": "grpc.io", "server.port": 50051 }],
    ["dns:///grpc.io:50051", { "server.address": "grpc.io", "server.port": 50051 }],
    ["dns://1.2.3.4/grpc.io:50051", { "server.address": "grpc.io", "server.port": 50051 }],
    ["[::1]:50051", { "server.address": "::1", "server.port": 50051 }],
    ["unix:///run/x.sock", { "server.address": "/run/x.sock" }],
    ["unix:run/x.sock", { "server.address": "run/x.sock" }],
    ["ipv4:10.0.0.1:1,10.0.0.2:2", { "server.address": "ipv4:10.0.0.1:1,10.0.0.2:2" }],
    ["http://me:s3cret@grpc.io:50051", { "server.address": "grpc.io", "server.port": 50051 }],
    ["dns:///me:s3cret@grpc.io:50051", { "server.address": "grpc.io", "server.port": 50051 }],
    ["ipv4:me:s3cret@10.0.0.1:1,10.0.0.2:2", { "server.address": "10.0.0.1:1,10.0.0.2:2" }],
    ["zk://cluster/service", { "server.address": "zk://cluster/service" }],
  ])("%s", (target, attributes) => {
    expect(targetAttributes(target)).toEqual(attributes);
  });
});

test.each([
  ["127.0.0.1:4000", { "network.peer.address": "127.0.0.1", "network.peer.port": 4000 }],
  ["[::1]:4000", { "network.peer.address": "::1", "network.peer.port": 4000 }],
  ["::1:4000", { "network.peer.address": "::1", "network.peer.port": 4000 }],
  ["unix:/run/x.sock", { "network.peer.address": "unix:/run/x.sock" }],
  ["unknown", {}],
  ["", {}],
])("network.peer of %p", (peer, attributes) => {
  expect(peerAttributes(peer)).toEqual(attributes);
});

test("a user in an authority is not recorded", () => {
  expect(hostAttributes("me:s3cret@h:1")).toEqual({ "server.address": "h", "server.port": 1 });
});

test.each(["", "a b", "a:1:2", "http://a", "a:99999999"])("%p is not an authority", (authority) => {
  expect(hostAttributes(authority)).toBeUndefined();
});

test("only listed metadata becomes attributes, as lists, binary values in base64", () => {
  const metadata = Metadata({ "X-Tenant": "a", secret: "s", "blob-bin": new Uint8Array([1, 2, 255]) });
  const name = (key: string) => `rpc.request.header.${key}`;
  const capture = createHeaderCapture(["X-Tenant", "blob-bin", "absent"], name, redactSecrets);
  expect(capture?.(metadataEntries(metadata))).toEqual({
    "rpc.request.header.x-tenant": ["a"],
    "rpc.request.header.blob-bin": ["AQL/"],
  });
});
