# One image a service: docker build --build-arg SERVICE=front .
#
# The service is bundled into one file on Bun's distroless image. A compiled executable weighs the same, but carries the
# run time once a service, while the layer with Bun is shared by all of them.
#
# The images are named in full, so that the update bot can pin their digests and keep them fresh (renovate.json).
FROM oven/bun:1.4.5-slim AS build
WORKDIR /baton
# Only what the lock file is made of, so that dependencies are installed again when they change and not before.
COPY package.json bun.lock bunfig.toml ./
COPY proto/package.json proto/
COPY shared/service/package.json shared/service/
COPY shared/telemetry/package.json shared/telemetry/
COPY shared/trace-tree/package.json shared/trace-tree/
COPY services/back/package.json services/back/
COPY services/front/package.json services/front/
COPY services/viewer/package.json services/viewer/
COPY demo/package.json demo/
COPY doctor/package.json doctor/
COPY tests/package.json tests/
COPY tools/package.json tools/
RUN bun install --frozen-lockfile --production --filter @baton/back --filter @baton/front --filter @baton/demo

COPY proto proto
COPY shared shared
COPY services services
# The page of front is made of the demo's tables, and the proxy of the lab is a part of the demo.
COPY demo demo
ARG SERVICE
# Names are not shortened, because a span's error.type is the name of a class, and stack traces point to the sources.
RUN : "${SERVICE:?is not set: --build-arg SERVICE=front, back or lab-proxy}" \
 && if [ "${SERVICE}" = lab-proxy ]; then folder=demo/src/lab; else folder="services/${SERVICE}/src"; fi \
 && bun build --target=bun --sourcemap=linked --outdir=/app "${folder}/main.ts" \
 && bun build --target=bun --outdir=/app "${folder}/probe.ts" \
 && if [ "${SERVICE}" = front ]; then bun services/front/src/page/build.ts /app/page.json; fi

FROM oven/bun:1.4.5-distroless
WORKDIR /app
COPY --from=build /app ./
ENV NODE_ENV=production
# The image's own user without rights, by number, so that a supervisor can see that it is not root.
USER 65532:65532
# Bun would fetch a package that the bundle lacks; here that is an error.
ENTRYPOINT ["/usr/local/bin/bun", "--no-install", "main.js"]
