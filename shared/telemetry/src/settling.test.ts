import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { trace } from "@opentelemetry/api";
import { SQL } from "bun";
import { withSpan } from "./span.ts";
import { startTestTelemetry } from "./testing.ts";

const inMemory = startTestTelemetry();
const { telemetry } = inMemory;
beforeEach(() => inMemory.reset());
afterAll(() => inMemory.shutdown());

/** Biome forbids the property, which is what is tested here. */
const THEN = "then";

/** A lazy query builder: it runs when it is awaited, each time, and its state is private. */
class Query {
  readonly #outcome: () => unknown;
  readonly #filters: string[] = [];
  runs = 0;
  constructor(outcome: () => unknown = () => "rows") {
    this.#outcome = outcome;
  }
  where(filter: string): this {
    this.#filters.push(filter);
    return this;
  }
  get filters(): readonly string[] {
    return this.#filters;
  }
  clone(): Query {
    return new Query(this.#outcome);
  }
  execute(): Promise<unknown> {
    return this.#run();
  }
  [THEN](onFulfilled?: (value: unknown) => unknown, onRejected?: (error: unknown) => unknown) {
    return this.#run().then(onFulfilled, onRejected);
  }
  catch(onRejected: (error: unknown) => unknown) {
    return this.#run().catch(onRejected);
  }
  finally(onFinally: () => void) {
    return this.#run().finally(onFinally);
  }
  async #run(): Promise<unknown> {
    this.runs += 1;
    await Promise.resolve();
    return withSpan(telemetry, "inside", this.#outcome);
  }
}

function fail(): never {
  throw new RangeError("no such table");
}

const summary = () => inMemory.spans().map(({ name, status, statusMessage }) => [name, status, statusMessage]);

function expectInsideToBeChild(): void {
  const [inside, query] = inMemory.spans();
  expect([inside?.parentSpanId, inside?.traceId]).toEqual([query?.spanId, query?.traceId as string]);
}

describe("withSpan around a lazy query builder", () => {
  test("lasts until it settles, and is the parent of what runs in it", async () => {
    const query = withSpan(telemetry, "query", () => new Query());
    expect(inMemory.spans()).toEqual([]);
    expect(await query).toBe("rows");
    expect(summary()).toEqual([
      ["inside", "UNSET", undefined],
      ["query", "UNSET", undefined],
    ]);
    expectInsideToBeChild();
  });

  test.each<readonly [string, (query: Query) => Promise<unknown>]>([
    ["await", async (query) => await query],
    ["then", async (query) => query.then((rows) => rows)],
    ["catch", async (query) => Promise.reject(await query.catch((error) => error))],
    ["finally", async (query) => query.finally(() => {})],
    ["a method that runs it", async (query) => query.execute()],
    ["a query that was made of it", async (query) => await query.where("a").clone().where("b")],
  ])("has its error: %s", async (_how, run) => {
    const error = await run(withSpan(telemetry, "query", () => new Query(fail))).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect(summary()).toEqual([
      ["inside", "ERROR", "no such table"],
      ["query", "ERROR", "no such table"],
    ]);
    expectInsideToBeChild();
  });

  test("runs nothing that the caller does not await, and nothing twice", async () => {
    const original = new Query();
    const query = withSpan(telemetry, "query", () => original);
    await Promise.resolve();
    expect(original.runs).toBe(0);
    await query;
    expect(original.runs).toBe(1);
    await query;
    expect(original.runs).toBe(2);
    expect(inMemory.spans().filter(({ name }) => name === "query")).toHaveLength(1);
  });

  test("behaves as the original: class, state, getters and methods that return it", async () => {
    const query = withSpan(telemetry, "query", () => new Query());
    expect(query).toBeInstanceOf(Query);
    expect(query.where("a")).toBe(query);
    expect(query.where("b").filters).toEqual(["a", "b"]);
    query.runs = 7;
    expect(query.runs).toBe(7);
    await query;
  });

  test("what the caller does with the result is outside of the span", async () => {
    await withSpan(telemetry, "query", () => new Query()).then(() => {
      expect(trace.getActiveSpan()).toBeUndefined();
    });
  });

  test("one whose `then` throws has failed", async () => {
    const broken = withSpan(telemetry, "query", (): PromiseLike<string> => ({ [THEN]: fail }));
    await expect((async () => await broken)()).rejects.toThrow("no such table");
    expect(summary()).toEqual([["query", "ERROR", "no such table"]]);
  });

  test("one that is frozen still works", async () => {
    const frozen = Object.freeze({ [THEN]: (resolve: (value: string) => void) => resolve("rows"), run: () => 1 });
    const query = withSpan(telemetry, "query", () => frozen);
    expect((query as unknown as { run(): number }).run()).toBe(1);
    expect(await query).toBe("rows" as never);
    expect(summary()).toEqual([["query", "UNSET", undefined]]);
  });

  test("one that is never awaited ends its span when it is forgotten", async () => {
    (() => void withSpan(telemetry, "query", () => new Query()))();
    while (inMemory.spans().length === 0) {
      Bun.gc(true);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(summary()).toEqual([["query", "UNSET", undefined]]);
  });
});

describe("withSpan around a promise that is more than a promise", () => {
  test("a lazy subclass, such as a query of Bun.sql, is not run", async () => {
    const sql = new SQL("sqlite://:memory:");
    await withSpan(telemetry, "query", () => sql`SELECT 1 AS one`);
    expect(summary()).toEqual([["query", "UNSET", undefined]]);
    const rows = await withSpan(telemetry, "values", () => sql`SELECT 1 AS one`).values();
    expect(rows).toEqual([[1]] as never);
    await expect((async () => await withSpan(telemetry, "broken", () => sql`SELECT nothing`))()).rejects.toThrow();
    expect(summary().map(([name, status]) => [name, status])).toEqual([
      ["query", "UNSET"],
      ["values", "UNSET"],
      ["broken", "ERROR"],
    ]);
    await sql.close();
  });

  test("keeps the properties of one that has some, such as a child process", async () => {
    const running = withSpan(telemetry, "process", () =>
      Object.assign(Promise.resolve("done"), { kill: () => "killed" }),
    );
    expect(running.kill()).toBe("killed");
    expect(await running).toBe("done");
    expect(summary()).toEqual([["process", "UNSET", undefined]]);
  });
});

describe("withSpan around what is iterated", () => {
  async function* rows(outcome: () => void = () => {}): AsyncGenerator<number> {
    withSpan(telemetry, "inside", () => {});
    yield 1;
    await Promise.resolve();
    outcome();
    yield 2;
  }
  class Rows {
    readonly #outcome: () => void;
    constructor(outcome: () => void) {
      this.#outcome = outcome;
    }
    async [THEN](onFulfilled: (value: unknown) => unknown) {
      return onFulfilled(await Array.fromAsync(this));
    }
    [Symbol.asyncIterator](): AsyncIterator<number> {
      return rows(this.#outcome);
    }
    stream(): AsyncGenerator<number> {
      return rows(this.#outcome);
    }
  }
  const forms: Readonly<Record<string, (outcome: () => void) => AsyncIterable<number>>> = {
    "an async generator": (outcome) => withSpan(telemetry, "query", () => rows(outcome)),
    "a query builder": (outcome) =>
      withSpan(telemetry, "query", () => new Rows(outcome)) as unknown as AsyncIterable<number>,
    "a method of a query builder": (outcome) => withSpan(telemetry, "query", () => new Rows(outcome)).stream(),
  };

  test.each(Object.entries(forms))("%s: the span is the parent and lasts until the end", async (_, start) => {
    const found: number[] = [];
    for await (const row of start(() => expect(summary()).toEqual([["inside", "UNSET", undefined]]))) found.push(row);
    expect(found).toEqual([1, 2]);
    expect(summary().map(([name]) => name)).toEqual(["inside", "query"]);
    expectInsideToBeChild();
  });

  test.each(Object.entries(forms))("%s: the span has its error", async (_, start) => {
    const iterate = async () => {
      for await (const _row of start(fail));
    };
    await expect(iterate()).rejects.toThrow("no such table");
    expect(summary().at(-1)).toEqual(["query", "ERROR", "no such table"]);
  });

  test.each(Object.entries(forms))("%s: a reader that stops ends the span", async (_, start) => {
    for await (const _row of start(() => {})) break;
    expect(summary().at(-1)).toEqual(["query", "UNSET", undefined]);
  });
});

test("a property with a setter can be set where it is private", async () => {
  class Limited extends Query {
    #limit = 0;
    get limit(): number {
      return this.#limit;
    }
    set limit(limit: number) {
      this.#limit = limit;
    }
  }
  const query = withSpan(telemetry, "query", () => new Limited());
  query.limit = 7;
  expect(query.limit).toBe(7);
  await query;
});

test("a promise that can be asked whether it is pending is running: it is followed also where nobody awaits it", async () => {
  class Asked<T> extends Promise<T> {
    isPending = () => false;
    isFulfilled = () => true;
  }
  const promise = withSpan(telemetry, "asked", () => Asked.resolve(7));
  expect(promise).toBeInstanceOf(Asked);
  await inMemory.waitForSpans(1);
  expect(summary()).toEqual([["asked", "UNSET", undefined]]);
});

test("a library's own catch() gets all of its arguments, and its own promise goes on", async () => {
  class Filtered<T> extends Promise<T> {
    override catch(...args: unknown[]): never {
      const [kind, handle] = args as [new () => Error, (error: Error) => unknown];
      return super.catch((error: unknown) => {
        if (error instanceof kind) return handle(error);
        throw error;
      }) as never;
    }
    twice(): Promise<number> {
      return this.then((value) => Number(value) * 2);
    }
  }
  const failing = withSpan(telemetry, "failing", () => Filtered.reject(new RangeError("empty")));
  const caught: unknown = await (failing as unknown as Filtered<number>).catch(RangeError, () => 0);
  expect(caught).toBe(0);
  const finished = withSpan(telemetry, "finished", () => Filtered.resolve(2)).finally(
    () => {},
  ) as unknown as Filtered<number>;
  expect(await finished.twice()).toBe(4);
  expect(summary().map(([name, status]) => [name, status])).toEqual([
    ["failing", "ERROR"],
    ["finished", "UNSET"],
  ]);
});
