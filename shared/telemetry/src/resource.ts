/** The resource: attributes of the service and its process, which every span, metric and log record carries. */
import { arch, hostname, release, type } from "node:os";
import { basename } from "node:path";
import type { Attributes } from "@opentelemetry/api";
import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { DetectorName, TelemetryConfig } from "./config/types.ts";
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from "./semconv.ts";

export interface ResourceOptions {
  /** `service.name` where the environment names no service. */
  readonly serviceName: string;
  /** `service.version` where `OTEL_RESOURCE_ATTRIBUTES` has none. @default none */
  readonly serviceVersion?: string;
  /** Attributes of the resource. They replace those of `OTEL_RESOURCE_ATTRIBUTES`. @default {} */
  readonly resourceAttributes?: Attributes;
}

/**
 * Later ones replace earlier ones: the SDK's defaults, what is detected, the version that the program sets, the
 * environment, `resourceAttributes` of the program. The service name of the environment replaces all others.
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export function createResource(config: TelemetryConfig, options: ResourceOptions): Resource {
  const detected = config.resourceDetectors.map((name) => detectors[name]());
  const version = options.serviceVersion === undefined ? {} : { [ATTR_SERVICE_VERSION]: options.serviceVersion };
  const attributes: Attributes = Object.assign({}, ...detected, version, config.resourceAttributes);
  return defaultResource().merge(
    resourceFromAttributes({
      ...attributes,
      ...options.resourceAttributes,
      [ATTR_SERVICE_NAME]: config.serviceName ?? options.serviceName,
    }),
  );
}

const detectors: Readonly<Record<DetectorName, () => Attributes>> = {
  // OTEL_RESOURCE_ATTRIBUTES is read with the other variables, whether or not this one is named.
  env: () => ({}),
  host: () => ({ "host.name": hostname(), "host.arch": hostArch() }),
  os: () => ({ "os.type": type().toLowerCase(), "os.version": release() }),
  process: () => ({
    "process.pid": process.pid,
    "process.executable.name": basename(process.execPath),
    "process.runtime.name": "bun",
    "process.runtime.version": Bun.version,
  }),
  serviceinstance: () => ({ [ATTR_SERVICE_INSTANCE_ID]: crypto.randomUUID() }),
};

/** The convention's names where they differ from Node's. */
function hostArch(): string {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "x86", arm: "arm32" };
  return names[arch()] ?? arch();
}
