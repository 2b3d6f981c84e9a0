/** Asks the viewer's query API. */

/** The API's answer was not the one wanted: its status and its own words. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/** An answer of Jaeger's API. */
export interface Answer<Data> {
  readonly data: Data;
  readonly total: number;
  readonly errors: readonly { readonly msg?: string; readonly traceID?: string }[] | null;
}

/** The `data` of an answer. */
export async function getData<Data>(path: string): Promise<Data> {
  return (await getAnswer<Data>(path)).data;
}

/** Changes what is kept, and gives the `data` of the answer. */
export async function postData<Data>(path: string, body?: Blob): Promise<Data> {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, ...(body && { body }) });
  return (await read<Data>(response, path)).data;
}

export async function getAnswer<Data>(path: string): Promise<Answer<Data>> {
  return read(await fetch(path, { headers: { accept: "application/json" }, cache: "no-store" }), path);
}

async function read<Data>(response: Response, path: string): Promise<Answer<Data>> {
  // The viewer was started again, and does not know this browser: every page is a form for the token now.
  if (response.status === 401) location.reload();
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(response.status, errorText(body) ?? `${path} answered ${response.status}`);
  return body as Answer<Data>;
}

/** The same, where having nothing is no failure: undefined for 404. */
export async function findData<Data>(path: string): Promise<Data | undefined> {
  try {
    return await getData<Data>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** What to tell the reader about anything thrown. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return "The viewer does not answer. Is it still running?";
  return error instanceof Error ? error.message : String(error);
}

function errorText(body: unknown): string | undefined {
  const [first] = (body as { readonly errors?: readonly { readonly msg?: string }[] } | undefined)?.errors ?? [];
  return first?.msg;
}
