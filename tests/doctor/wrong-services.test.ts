/** The doctor against a service that is right, and against services that are each wrong in one way. */
import { describe, expect, test } from "bun:test";
import { type Examination, examine } from "@baton/doctor";
import { freePorts } from "./free-ports.ts";
import { type Fault, faults, startTinyService } from "./services.ts";

async function examineTiny(fault?: Fault): Promise<Examination> {
  const [otlpHttpPort = 0] = freePorts(1);
  await using service = startTinyService(otlpHttpPort, fault);
  const url = `${service.url}?url={callback}`;
  return await examine({ url, otlpHttpPort, otlpGrpcPort: 0, waitMs: 10_000 });
}

/** Of findings that say something is wrong. */
function wrongIds({ findings }: Examination): readonly string[] {
  return findings.filter(({ level }) => level === "broken" || level === "unusual").map(({ id }) => id);
}

test("nothing is found in a service that is right", async () => {
  const examination = await examineTiny();
  expect(wrongIds(examination)).toEqual([]);
  expect(examination.outcome).toBe("right");
  expect(examination.checks.map(({ id, state }) => `${id} ${state}`)).toEqual([
    "continues right",
    "passes-on right",
    "strict right",
    "answers right",
    "baggage right",
    "sampling right",
    "formats right",
  ]);
});

describe("a service that", () => {
  // Nearly all of the time is spent waiting for spans, so they run at the same time, and each takes longer.
  test.concurrent.each(Object.entries(faults))(
    "%s",
    async (_, fault) => {
      const { finding, also = [] } = fault;
      expect(wrongIds(await examineTiny(fault)).toSorted()).toEqual([finding, ...also].toSorted());
    },
    60_000,
  );
});
