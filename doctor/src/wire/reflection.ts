/** Asks a gRPC server for its definitions, so that a person can write messages as JSON. */
import {
  createFileRegistry,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
} from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { HeaderLines } from "../cases/index.ts";
import { type Target, UsageError } from "../target.ts";
import type { GrpcConnection } from "./grpc.ts";

/** From the JSON of a person to the messages of the call. @throws UsageError */
export type Encode = (json: string) => readonly Uint8Array[];

/** Newest first. @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md */
const VERSIONS = ["v1", "v1alpha"] as const;
const UNIMPLEMENTED = 12;
const MAX_FILES = 200;

/** @throws UsageError when the server has no reflection, no such method, or the JSON is not its message. */
export async function reflectMethod(connection: GrpcConnection, target: Target): Promise<Encode> {
  const [, serviceName = "", methodName = ""] = target.path.split("/");
  const registry = await readRegistry(connection, target.headers, serviceName);
  const method = registry.getService(serviceName)?.methods.find(({ name }) => name === methodName);
  if (method === undefined) throw new UsageError(`url: the server has no method ${target.path}. Check its spelling.`);
  const takesStream = method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
  const encode: Encode = (json) => {
    const values = parseJson(json);
    if (!takesStream && Array.isArray(values))
      throw new UsageError(`data: ${methodName} takes one message, not a list`);
    return [values].flat().map((value) => {
      try {
        return toBinary(method.input, fromJson(method.input, value as JsonValue, { registry }));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new UsageError(`data: is not a ${method.input.typeName}: ${why}`);
      }
    });
  };
  encode(target.body);
  return encode;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UsageError(`data: must be JSON, not ${json.slice(0, 60)}`);
  }
}

async function readRegistry(
  connection: GrpcConnection,
  headers: HeaderLines,
  serviceName: string,
): Promise<FileRegistry> {
  const files = new Map<string, FileDescriptorProto>();
  const wanted: (readonly [field: number, value: string])[] = [[FILE_CONTAINING_SYMBOL, serviceName]];
  for (let next = wanted.pop(); next !== undefined && files.size < MAX_FILES; next = wanted.pop()) {
    if (next[0] === FILE_BY_FILENAME && files.has(next[1])) continue;
    for (const file of await askForFiles(connection, headers, next)) {
      files.set(file.name, file);
      // Some servers answer with the file alone, others with all that it imports.
      for (const name of file.dependency) if (!files.has(name)) wanted.push([FILE_BY_FILENAME, name]);
    }
  }
  const main = [...files.values()].find((file) =>
    file.service.some(({ name }) => [file.package, name].filter((part) => part !== "").join(".") === serviceName),
  );
  if (main === undefined) throw new UsageError(`url: the server has no service ${serviceName}. Check its spelling.`);
  return createFileRegistry(main, (name) => files.get(name));
}

const FILE_BY_FILENAME = 3;
const FILE_CONTAINING_SYMBOL = 4;

async function askForFiles(
  connection: GrpcConnection,
  headers: HeaderLines,
  [field, value]: readonly [number, string],
): Promise<readonly FileDescriptorProto[]> {
  const request = new BinaryWriter()
    .uint32((field << 3) | 2)
    .string(value)
    .finish();
  for (const version of VERSIONS) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const reply = await connection.call(path, headers, [request]);
    if (reply.status === UNIMPLEMENTED) continue;
    const [answer] = reply.messages;
    if (answer !== undefined) return readFiles(answer, value);
    throw new UsageError(`url: asking the server for its definitions failed: ${reply.detail ?? reply.text}`);
  }
  throw new UsageError(
    "url: the server has no reflection. Turn server reflection on: the doctor needs it to write the message.",
  );
}

/** A ServerReflectionResponse: field 4 holds files, field 7 an error. */
function readFiles(answer: Uint8Array, wanted: string): readonly FileDescriptorProto[] {
  const content = fieldsOf(answer);
  const error = content.find(([field]) => field === 7);
  if (error !== undefined) throw new UsageError(`url: the server does not know ${wanted}. Check its spelling.`);
  return content
    .filter(([field]) => field === 4)
    .flatMap(([, response]) => fieldsOf(response))
    .filter(([field]) => field === 1)
    .map(([, file]) => fromBinary(FileDescriptorProtoSchema, file));
}

/** The fields of a message that have bytes. */
function fieldsOf(message: Uint8Array): readonly (readonly [field: number, value: Uint8Array])[] {
  const reader = new BinaryReader(message);
  const fields: (readonly [number, Uint8Array])[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === 2) fields.push([field, reader.bytes()]);
    else reader.skip(type);
  }
  return fields;
}
