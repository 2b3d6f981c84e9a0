/** A topic of a Kafka. Loaded only with LAB_KAFKA_BROKERS. */
import { randomUUID } from "node:crypto";
import type { Attributes } from "@opentelemetry/api";
import { type Consumer, type IHeaders, Kafka, logLevel, Partitioners } from "kafkajs";
import { type BrokerKind, destination } from "./broker.ts";

const jobHeader = "baton-job";
/** In milliseconds. A Kafka that has just started needs a few seconds; a person waits for the first message. */
const patience = {
  connectionTimeout: 1000,
  requestTimeout: 5000,
  retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1000 },
};
/** `sessionTimeout`: after a Kafka was away, its consumer is given messages again when so much time has passed. */
const reading = { maxWaitTimeInMs: 250, sessionTimeout: 6000, heartbeatInterval: 1000 };

/** @param brokers `host:port` of each. */
export function kafka(brokers: readonly string[]): BrokerKind {
  // A group of its own: each front gets every message, and keeps those that it has sent.
  const groupId = `baton-front-${randomUUID()}`;
  return {
    system: "kafka",
    consumer: { "messaging.consumer.group.name": groupId },
    async open(onMessage) {
      const client = new Kafka({
        clientId: "baton-front",
        brokers: [...brokers],
        logLevel: logLevel.NOTHING,
        ...patience,
      });
      const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      const consumer = client.consumer({ groupId, ...reading });
      const close = async () => void (await Promise.allSettled([consumer.disconnect(), producer.disconnect()]));
      try {
        await producer.connect();
        await createTopic(client);
        await consumer.connect();
        await consumer.subscribe({ topic: destination, fromBeginning: false });
        const isReading = whenReading(consumer);
        await consumer.run({
          // Nothing is committed, so the group leaves nothing behind.
          autoCommit: false,
          eachMessage: async ({ partition, message: { headers = {}, offset } }) => {
            const { [jobHeader]: job = "", ...others } = textsOf(headers);
            onMessage({
              job,
              headers: others,
              attributes: { ...whereIs(partition), "messaging.kafka.offset": Number(offset) },
            });
          },
        });
        await isReading;
      } catch (error) {
        await close();
        throw error;
      }
      return {
        async send({ job, headers }) {
          const messages = [{ value: null, headers: { ...headers, [jobHeader]: job } }];
          const [sent] = await producer.send({ topic: destination, messages });
          return sent === undefined ? {} : whereIs(sent.partition);
        },
        close,
      };
    },
  };
}

async function createTopic(client: Kafka): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic: destination }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

/** After its first read a consumer knows where the topic ends; what is sent before that is not given to it. */
function whenReading(consumer: Consumer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  consumer.on(consumer.events.FETCH, () => resolve());
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  // It may crash while nobody waits.
  promise.catch(() => {});
  return promise;
}

function textsOf(headers: IHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function whereIs(partition: number): Attributes {
  return { "messaging.destination.partition.id": String(partition) };
}
