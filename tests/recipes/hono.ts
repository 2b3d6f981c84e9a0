import { startTelemetry } from "@baton/telemetry";
import { setHttpRoute, tracedHandler } from "@baton/telemetry/fetch";
import { Hono } from "hono";
import { routePath } from "hono/route";

const telemetry = startTelemetry({ serviceName: "gallery" });

const app = new Hono();
app.use(async (context, next) => {
  await next();
  // The last route that matched. Where only this middleware did, it is "/*" and no route of the application.
  const route = routePath(context, -1);
  if (route !== "/*") setHttpRoute(context.req.raw, route);
});
app.get("/paintings/:id", (context) => context.text(`painting ${context.req.param("id")}`));

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.PORT ?? 8080),
  fetch: tracedHandler(telemetry)(app.fetch),
});
console.log(server.url.href);

process.on("SIGTERM", async () => {
  // Requests that run may end. Open streams and sockets have no end of their own, so they are closed after a second.
  await Promise.race([server.stop(), Bun.sleep(1000)]);
  await server.stop(true);
  await telemetry.shutdown();
  process.exit();
});
