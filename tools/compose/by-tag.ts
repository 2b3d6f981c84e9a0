/**
 * Images that compose.yaml or the Dockerfile name by digest, on an engine that has another image under the same tag: one
 * without a registry, whose images were made or loaded by hand. There the tag is used, and the run says so.
 */

/** `name:tag@sha256:…` */
const pinned = /([\w./:-]+:[\w.-]+)@sha256:[0-9a-f]{64}/g;

export interface ByTag {
  readonly compose: string;
  readonly dockerfile: string;
  /** The tags that are used in place of a digest. */
  readonly tags: readonly string[];
}

/**
 * @param has Whether the engine has this image.
 * @returns `undefined` when every image can be taken as it is named.
 */
export function takeByTag(
  files: Pick<ByTag, "compose" | "dockerfile">,
  has: (image: string) => boolean,
): ByTag | undefined {
  const named = [...`${files.compose}\n${files.dockerfile}`.matchAll(pinned)];
  const images = new Map(named.map(([image, tag = ""]) => [image, tag]));
  const others = [...images].filter(([image, tag]) => !has(image) && has(tag));
  if (others.length === 0) return undefined;
  const replace = (text: string) => others.reduce((all, [image, tag]) => all.replaceAll(image, tag), text);
  return {
    compose: replace(files.compose),
    dockerfile: replace(files.dockerfile),
    tags: others.map(([, tag]) => tag),
  };
}

/** The same project as one document, with the Dockerfile in it, so that it can lie anywhere. */
export function inOneFile({ compose, dockerfile }: Pick<ByTag, "compose" | "dockerfile">): string {
  const project = Bun.YAML.parse(compose) as {
    readonly services: Readonly<Record<string, { readonly build?: object }>>;
  };
  // Compose would fill in its own variables; two of them are one.
  const inline = dockerfile.replaceAll("$", "$$$$");
  const services = Object.entries(project.services).map(([name, service]) => [
    name,
    service.build === undefined ? service : { ...service, build: { ...service.build, dockerfile_inline: inline } },
  ]);
  return JSON.stringify({ ...project, services: Object.fromEntries(services) });
}
