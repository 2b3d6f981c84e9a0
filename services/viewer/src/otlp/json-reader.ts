/** Reads OTLP's JSON encoding of protobuf: each reader gets a parsed value and returns a field of the message. */

/** `undefined` and `null` mean that the field was not sent. */
export type Reader<Value> = (sent: unknown) => Value;

/** The request breaks the protocol. The message has the place and the rule. */
export class JsonFormError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "JsonFormError";
  }

  /** The same error with the level above in its place: `spans[2].name must be a string`. */
  at(place: string): JsonFormError {
    const joint = this.message.startsWith("[") || this.message.startsWith(" ") ? "" : ".";
    return new JsonFormError(`${place}${joint}${this.message}`);
  }
}

/**
 * Parses JSON with exact integers, also those that a double cannot hold.
 * @throws SyntaxError when it is not JSON
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? "";
    // No field holds more digits; to read a million of them as one integer takes minutes.
    return /^-?\d{1,40}$/.test(source) ? BigInt(source) : value;
  });
}

/** An object; fields that the shape does not name are ignored. @throws JsonFormError */
export function message<Message>(shape: { readonly [Key in keyof Message]-?: Reader<Message[Key]> }): Reader<Message> {
  const fields = Object.entries(shape as Readonly<Record<string, Reader<unknown>>>);
  return (sent) => {
    if (typeof sent !== "object" || sent === null || Array.isArray(sent)) throw new JsonFormError(" must be an object");
    const values = sent as Readonly<Record<string, unknown>>;
    return Object.fromEntries(fields.map(([key, read]) => [key, within(key, () => read(values[key]))])) as Message;
  };
}

export function list<Item>(item: Reader<Item>): Reader<Item[]> {
  return (sent) => {
    if (isAbsent(sent)) return [];
    if (!Array.isArray(sent)) throw new JsonFormError(" must be a list");
    return sent.map((each, index) => within(`[${index}]`, () => item(each)));
  };
}

export function optional<Value>(value: Reader<Value>): Reader<Value | undefined> {
  return (sent) => (isAbsent(sent) ? undefined : value(sent));
}

export const text: Reader<string> = (sent) => {
  if (isAbsent(sent)) return "";
  if (typeof sent !== "string") throw new JsonFormError(" must be a string");
  return sent;
};

export const bool: Reader<boolean> = (sent) => {
  if (isAbsent(sent)) return false;
  if (typeof sent !== "boolean") throw new JsonFormError(" must be true or false");
  return sent;
};

export const double: Reader<number> = (sent) => {
  if (isAbsent(sent)) return 0;
  const isNumeric = typeof sent === "string" && /^(NaN|-?Infinity|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(sent);
  if (typeof sent !== "number" && typeof sent !== "bigint" && !isNumeric) throw new JsonFormError(" must be a number");
  return Number(sent);
};

/** A whole number, as a number or as a string of digits. */
export function integer(min: bigint, max: bigint): Reader<bigint> {
  return (sent) => {
    if (isAbsent(sent)) return 0n;
    const isWhole =
      typeof sent === "bigint" || Number.isInteger(sent) || (typeof sent === "string" && /^-?\d{1,20}$/.test(sent));
    const value = isWhole ? BigInt(sent as string | number | bigint) : undefined;
    if (value === undefined || value < min || value > max) {
      throw new JsonFormError(` must be a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

export const int32: Reader<number> = (sent) => Number(integer(-(2n ** 31n), 2n ** 31n - 1n)(sent));
export const int64: Reader<bigint> = integer(-(2n ** 63n), 2n ** 63n - 1n);
export const uint64: Reader<bigint> = integer(0n, 2n ** 64n - 1n);

const MAX_ID_DIGITS = 64;

/** Ids are hex, other bytes are base64. Text that is not hex is an empty id, which the rules of the record refuse. */
export const hex: Reader<Uint8Array> = (sent) => {
  const digits = text(sent);
  const isHex = digits.length <= MAX_ID_DIGITS && digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits);
  return isHex ? Uint8Array.fromHex(digits) : new Uint8Array();
};

export const base64: Reader<Uint8Array> = (sent) => {
  const encoded = text(sent);
  try {
    return Uint8Array.fromBase64(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new JsonFormError(" must be base64");
  }
};

function isAbsent(sent: unknown): sent is null | undefined {
  return sent === undefined || sent === null;
}

function within<Value>(place: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof JsonFormError ? error.at(place) : error;
  }
}
