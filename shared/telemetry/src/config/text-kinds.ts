/** Kinds whose text has a grammar of its own: endpoints, headers, resource attributes, certificate files, method lists. */
import { readFileSync } from "node:fs";
import { type Kind, splitList } from "./kinds.ts";

/** A certificate or key, read once. */
export interface PemFile {
  readonly path: string;
  readonly pem: string;
}

/** A URL, or for gRPC also `host:port` and `unix:`: the protocol decides which of them is valid. */
export const endpoint: Kind<string | undefined> = {
  accepts: "`http://` or `https://` URL; with `grpc` also `host:port` or `unix:path`",
  secret: true,
  parse: (value) => {
    if (/^https?:\/\//i.test(value)) return URL.canParse(value) ? { value } : { fault: "is not a valid URL" };
    if (/^unix:/i.test(value) || /^[^\s/:@]+:\d{1,5}$/.test(value) || /^\[[0-9a-f:.]+\]:\d{1,5}$/i.test(value)) {
      return { value };
    }
    return { fault: "is neither an http:// or https:// URL nor host:port" };
  },
};

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * `name=value,name=value`, values percent-encoded. A pair that could not be sent is left out: it would fail each export.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
 */
export const headers: Kind<Readonly<Record<string, string>>> = {
  accepts: "`name=value,name=value`, values percent-encoded",
  secret: true,
  parse: (raw) => {
    const value: Record<string, string> = {};
    let bad = 0;
    for (const pair of splitList(raw)) {
      const parsed = headerPair(pair);
      if (parsed) value[parsed[0]] = parsed[1];
      else bad += 1;
    }
    if (bad === 0) return { value };
    const fault = `holds ${bad} ${bad === 1 ? "pair that is" : "pairs that are"} not name=value`;
    return Object.keys(value).length > 0 ? { value, fault } : { fault };
  },
};

function headerPair(pair: string): readonly [string, string] | undefined {
  const at = pair.indexOf("=");
  const name = pair.slice(0, at).trim();
  const value = decode(pair.slice(at + 1).trim());
  if (at < 1 || value === undefined || !HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) return undefined;
  return [name.toLowerCase(), value];
}

/** Keys and values longer than this are refused, as the other SDKs do. */
const MAX_ATTRIBUTE_LENGTH = 255;

/**
 * `key=value,key=value`, percent-encoded. One bad entry discards the whole value.
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export const resourceAttributes: Kind<Readonly<Record<string, string>>> = {
  accepts: "`key=value,key=value`, percent-encoded",
  parse: (raw) => {
    const value: Record<string, string> = {};
    for (const pair of splitList(raw)) {
      const parts = pair.split("=");
      const key = decode(parts[0]?.trim() ?? "");
      const text = decode(parts[1]?.trim() ?? "");
      if (parts.length !== 2 || !key || text === undefined) return { fault: `holds "${pair}", which is not key=value` };
      if (key.length > MAX_ATTRIBUTE_LENGTH || text.length > MAX_ATTRIBUTE_LENGTH) {
        return { fault: `holds a key or value of more than ${MAX_ATTRIBUTE_LENGTH} characters` };
      }
      value[key] = text;
    }
    return { value };
  },
};

/** A PEM file, relative to the working directory. */
export const pemFile: Kind<PemFile | undefined> = {
  accepts: "path of a PEM file",
  // It may be a key that was written into the variable.
  secret: true,
  parse: (path) => {
    if (path.includes("-----BEGIN ")) return { fault: "holds a PEM file itself, and must name one" };
    try {
      const pem = readFileSync(path, "utf8");
      return pem.includes("-----BEGIN ")
        ? { value: { path, pem } }
        : { fault: `names ${path}, which is not a PEM file` };
    } catch (error) {
      const reason = error instanceof Error && "code" in error ? error.code : error;
      return { fault: `names ${path}, which cannot be read (${reason})` };
    }
  },
};

/** HTTP methods are case-sensitive tokens. */
export const methods: Kind<readonly string[]> = {
  accepts: "list of HTTP methods, case-sensitive; replaces the default list",
  parse: (raw) => {
    const words = splitList(raw);
    const bad = words.filter((word) => !HEADER_NAME.test(word));
    if (bad.length > 0) return { fault: `holds "${bad[0]}", which is not an HTTP method` };
    return words.length > 0 ? { value: [...new Set(words)] } : { fault: "names nothing" };
  },
};

/** Other libraries read other words of this variable, so only these two are reported. */
export const stabilityOptIn: Kind<undefined> = {
  accepts: "list of words; refused: `http/dup`, `rpc/dup` (the old names are never sent)",
  parse: (raw) => {
    const dup = splitList(raw.toLowerCase()).filter((word) => word === "http/dup" || word === "rpc/dup");
    return dup.length > 0 ? { fault: `asks for ${dup.join(" and ")}, but the old names are never sent` } : {};
  },
};

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
