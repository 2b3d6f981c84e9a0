/** The plugin of Elysia's own documentation. */
import { opentelemetry } from "@elysia/opentelemetry";
import { Elysia } from "elysia";

new Elysia()
  .use(opentelemetry())
  .get("/proxy", async ({ query, set }) => {
    const answer = await fetch(query.url ?? "");
    set.status = answer.status;
    return answer.text();
  })
  .listen({ port: Number(process.env.PORT), hostname: "127.0.0.1" });
