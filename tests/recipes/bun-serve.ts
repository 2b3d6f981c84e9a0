import { startTelemetry } from "@baton/telemetry";
import { setHttpRoute, tracedHandler } from "@baton/telemetry/fetch";

const telemetry = startTelemetry({ serviceName: "bakery" });
const traced = tracedHandler(telemetry);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.PORT ?? 8080),
  routes: {
    "/bread/:name": traced((request: Bun.BunRequest<"/bread/:name">) => {
      // Names the span `GET /bread/:name`: the pattern, never the path, so that there are few different names.
      setHttpRoute(request, "/bread/:name");
      return new Response(`${request.params.name} is fresh\n`);
    }),
  },
  fetch: traced(() => new Response("not found\n", { status: 404 })),
});
console.log(server.url.href);

process.on("SIGTERM", async () => {
  // Requests that run may end. Open streams and sockets have no end of their own, so they are closed after a second.
  await Promise.race([server.stop(), Bun.sleep(1000)]);
  await server.stop(true);
  await telemetry.shutdown();
  process.exit();
});
