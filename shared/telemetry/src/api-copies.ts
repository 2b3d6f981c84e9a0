/**
 * Which copy of `@opentelemetry/api` registers the globals. The application may import another copy than this package
 * does, and a copy does not see what an older one has registered.
 */
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import * as own from "@opentelemetry/api";

export type Api = Pick<typeof own, "context" | "diag" | "metrics" | "propagation" | "trace">;

export interface ApiCopies {
  /** The copy that registers: a tracer that it handed out earlier records from then on, and every older copy sees it. */
  readonly registering: Api;
  /** The copy that the main script imports. Our own where it imports none. */
  readonly application: Api;
  /** Of both copies, for a message. Empty where they are the same. */
  readonly versions: string;
}

interface InstalledApi {
  readonly folder: string;
  readonly version: string;
}

const NAME = "@opentelemetry/api";

/** In a bundle our own copy is a part of the bundle; the application's is still looked for in the folders above it. */
export function findApiCopies(): ApiCopies {
  const start = dirname(Bun.main);
  const installed = nearestApi(start);
  const application = (installed && load(start)) ?? own;
  const ours = nearestApi(import.meta.dir);
  if (installed === undefined || ours === undefined || installed.folder === ours.folder) {
    return { registering: own, application, versions: "" };
  }
  // Copies share their globals within a major version only.
  const isUsable = Bun.semver.satisfies(installed.version, `>=${ours.version} <${majorOf(ours.version) + 1}`);
  const versions = `${installed.version} in the application, ${ours.version} in the telemetry`;
  return {
    registering: isUsable ? application : own,
    application,
    versions: installed.version === ours.version ? "" : versions,
  };
}

/** What a resolver would find. Bun's own would download the package where there is no `node_modules` at all. */
function nearestApi(start: string): InstalledApi | undefined {
  for (let above = start; ; above = dirname(above)) {
    try {
      const folder = realpathSync(join(above, "node_modules", NAME));
      const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as InstalledApi;
      return { folder, version };
    } catch {
      if (above === dirname(above)) return undefined;
    }
  }
}

function load(folder: string): Api | undefined {
  try {
    return require(Bun.resolveSync(NAME, folder)) as Api;
  } catch {
    // The application cannot load it either, so there is nobody to share with.
    return undefined;
  }
}

function majorOf(version: string): number {
  return Number(version.split(".", 1)[0]);
}
