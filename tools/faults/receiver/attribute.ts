/** Reads an attribute from OTLP without a reader of protobuf. */

/** The value of an attribute, somewhere in a message as latin1 text: behind the key are two tags with their lengths. */
export function attributeIn(text: string, key: string): string | undefined {
  const at = text.indexOf(key);
  return at < 0 ? undefined : /^[\w.-]+/.exec(text.slice(at + key.length + 4, at + key.length + 104))?.[0];
}
