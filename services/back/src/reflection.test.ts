/** What a client such as grpcurl needs: the services, and the descriptors of their messages. */
import { expect, test } from "bun:test";
import { create, createFileRegistry, type DescService, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { type Channel, createClient } from "nice-grpc";
import { ServerReflectionService } from "nice-grpc-server-reflection";
import { startBack } from "./testing/start-back.ts";

const services = ["baton.dice.v1.DiceService", "grpc.health.v1.Health"];

/** Fields of ServerReflectionRequest. */
const listServices = (): Buffer => Buffer.from([0x3a, 0x00]);
const fileContainingSymbol = (name: string): Buffer =>
  Buffer.concat([Buffer.from([0x22, name.length]), Buffer.from(name)]);

async function ask(channel: Channel, request: Buffer) {
  async function* requests() {
    yield ServerReflectionService.serverReflectionInfo.requestDeserialize(request);
  }
  const client = createClient(ServerReflectionService, channel);
  const [response] = await Array.fromAsync(client.serverReflectionInfo(requests()));
  return response;
}

test("reflection lists the services that back serves", async () => {
  await using back = await startBack();
  const response = await ask(back.channel, listServices());
  expect(response?.getListServicesResponse()?.toObject()).toEqual({
    serviceList: services.map((name) => ({ name })),
  });
});

test.each([
  ["baton.dice.v1.DiceService", ["Roll", "StreamRolls", "TallyRolls", "PlayRounds"]],
  ["grpc.health.v1.Health", ["Check", "Watch"]],
])("reflection describes %s whole", async (service, methods) => {
  await using back = await startBack();
  const described = await describeService(back.channel, service);
  expect(described.methods.map(({ name }) => name)).toEqual(methods);
});

test("the health service can be called by what reflection says about it, without a .proto file", async () => {
  await using back = await startBack();
  const { method } = await describeService(back.channel, "grpc.health.v1.Health");
  const { input, output, name } = method.check ?? fail();
  const definition = {
    check: {
      path: `/grpc.health.v1.Health/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (value: Record<string, unknown>) => toBinary(input, create(input, value)),
      requestDeserialize: (bytes: Uint8Array) => fromBinary(input, bytes),
      responseSerialize: (value: Record<string, unknown>) => toBinary(output, create(output, value)),
      responseDeserialize: (bytes: Uint8Array) => toJson(output, fromBinary(output, bytes)),
      options: {},
    },
  } as const;
  const client = createClient(definition, back.channel);
  expect(await client.check({ service: "baton.dice.v1.DiceService" })).toEqual({ status: "SERVING" });
});

async function describeService(channel: Channel, service: string): Promise<DescService> {
  const response = await ask(channel, fileContainingSymbol(service));
  const files = response?.getFileDescriptorResponse()?.getFileDescriptorProtoList_asU8() ?? [];
  const file = files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  return createFileRegistry(create(FileDescriptorSetSchema, { file })).getService(service) ?? fail();
}

function fail(): never {
  throw new Error("reflection does not describe it");
}
