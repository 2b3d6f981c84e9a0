const fastify = require("fastify");

const app = fastify();
app.get("/proxy", async (request, reply) => {
  const answer = await fetch(request.query.url);
  return reply.code(answer.status).send(await answer.text());
});
app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
