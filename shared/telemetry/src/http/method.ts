/** Request methods, kept low in cardinality. */

/** A method as spans and metrics carry it. */
export interface RequestMethod {
  /** For `http.request.method`: the method if it is known, else `_OTHER`. */
  readonly name: string;
  /** For the span's name: `HTTP` where the method is not known. */
  readonly inSpanName: string;
  /** For `http.request.method_original`: what was sent, where it is not known. */
  readonly original: string | undefined;
}

/**
 * Makes the function that sorts methods into known ones and the rest. Known ones are made once and shared.
 * @param known case-sensitive, as methods are.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
 */
export function createMethodReader(known: readonly string[]): (method: string) => RequestMethod {
  const methods = new Map<string, RequestMethod>(
    known.map((name) => [name, { name, inSpanName: name, original: undefined }]),
  );
  return (method) => methods.get(method) ?? { name: "_OTHER", inSpanName: "HTTP", original: method };
}
