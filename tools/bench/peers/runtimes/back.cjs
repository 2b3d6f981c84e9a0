/** Back on Node.js and Deno: the unary method of the project's own back, with `@grpc/grpc-js`. */
const { randomInt } = require("node:crypto");
const { Server, ServerCredentials } = require("@grpc/grpc-js");
const { DiceService } = require("./dice.cjs");
const { end, withSpan } = require("./telemetry.cjs");

async function roll({ player, rolls, sides }) {
  const attributes = { "dice.player": player, "dice.rolls": rolls, "dice.sides": sides };
  return withSpan("roll dice", { attributes }, async (span) => {
    const values = Array.from({ length: rolls }, () => randomInt(1, sides + 1));
    span?.addEvent("dice landed", { "dice.total": values.reduce((total, value) => total + value, 0) });
    return { values };
  });
}

const server = new Server();
server.addService(DiceService.service, {
  roll: ({ request }, callback) => {
    roll(request).then(
      (response) => callback(null, response),
      (error) => callback(error),
    );
  },
});
server.bindAsync(`127.0.0.1:${process.env.BACK_PORT}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});

process.once("SIGTERM", async () => {
  server.forceShutdown();
  await end();
  process.exit();
});
