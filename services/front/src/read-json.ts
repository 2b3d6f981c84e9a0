/** Reads the small JSON bodies of the lab. Elysia's own parser reads 128 MB before a schema is looked at. */
import { ProblemError } from "./problem.ts";
import { readText } from "./read-text.ts";
import { wholeMessage } from "./throw-message.ts";

/** Many times what the largest of these bodies needs. */
const maxBytes = 16_384;

/**
 * For `parse` of a route. Another content type stays text, which no schema of these routes accepts.
 * @throws ProblemError 413 for a longer body, whose rest is not read.
 */
export async function readJson({ request }: { readonly request: Request }, contentType: string): Promise<unknown> {
  const text = await readText(request.body, maxBytes);
  if (text === undefined)
    throw new ProblemError({
      status: 413,
      detail: `The body must have at most ${maxBytes} bytes.`,
      errors: [{ in: "body", field: wholeMessage, rule: `at most ${maxBytes} bytes` }],
    });
  return contentType === "application/json" ? JSON.parse(text) : text;
}
