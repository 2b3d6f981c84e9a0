import { expect, test } from "bun:test";
import type { Attributes } from "@opentelemetry/api";
import { Status } from "nice-grpc-common";
import { createMethodBook } from "./methods.ts";

function book(shared: Attributes = {}) {
  const lookedUp: Attributes[] = [];
  const series = (attributes: Attributes) => {
    lookedUp.push(attributes);
    return { record: () => {} };
  };
  return { methodOf: createMethodBook({ series }, shared), lookedUp };
}

test("a series for each status, and for whether it was told", () => {
  const { methodOf, lookedUp } = book({ "server.port": 1 });
  for (let time = 0; time < 2; time++) {
    methodOf("/a.B/C").duration(Status.OK, false);
    methodOf("/a.B/C").duration(Status.CANCELLED, true);
    methodOf("/a.B/C").duration(Status.CANCELLED, false);
  }
  const call = { "rpc.system.name": "grpc", "rpc.method": "a.B/C", "server.port": 1 };
  expect(methodOf("/a.B/C")).toMatchObject({ name: "a.B/C", attributes: call });
  expect(lookedUp).toEqual([
    { ...call, "rpc.status_code": "OK" },
    { ...call, "rpc.status_code": "CANCELLED", "error.type": "CANCELLED" },
    { ...call, "rpc.status_code": "CANCELLED" },
  ]);
});

test("methods without end are told, and only the first thousand are kept", () => {
  const { methodOf } = book();
  const [first] = Array.from({ length: 1200 }, (_, index) => methodOf(`/a/${index}`));
  expect(methodOf("/a/0")).toBe(first as never);
  expect(methodOf("/a/1100").name).toBe("a/1100");
  expect(methodOf("/a/1100")).not.toBe(methodOf("/a/1100"));
});
