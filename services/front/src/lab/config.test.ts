import { describe, expect, test } from "bun:test";
import { readLabConfig } from "./config.ts";

describe("LAB_KAFKA_BROKERS", () => {
  test.each([
    [undefined, []],
    ["", []],
    ["localhost:9092", ["localhost:9092"]],
    ["kafka-1:9092, kafka-2:9093,[::1]:9092", ["kafka-1:9092", "kafka-2:9093", "[::1]:9092"]],
  ])("%p names %p", (value, brokers) => {
    const { kafkaBrokers, problems } = readLabConfig({ LAB_KAFKA_BROKERS: value });
    expect(kafkaBrokers).toEqual(brokers);
    expect(problems).toEqual([]);
  });

  test.each(["localhost", "localhost:9092,", "kafka://localhost:9092", "a b:9092"])("%p is refused", (value) => {
    const { kafkaBrokers, problems } = readLabConfig({ LAB_KAFKA_BROKERS: value });
    expect(kafkaBrokers).toEqual([]);
    expect(problems).toEqual([
      `LAB_KAFKA_BROKERS="${value}" is not host:port, or several with commas between them: using none`,
    ]);
  });
});
