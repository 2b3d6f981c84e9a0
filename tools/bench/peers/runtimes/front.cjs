/** Front on Node.js and Deno: GET /rolldice with the server of each and `@grpc/grpc-js`, as the project's own front answers it. */
const { createServer } = require("node:http");
const { credentials } = require("@grpc/grpc-js");
const { DiceService } = require("./dice.cjs");
const { end } = require("./telemetry.cjs");

const back = new DiceService(process.env.BACK_ADDRESS, credentials.createInsecure());
const headers = { "content-type": "application/json", "cache-control": "no-store" };
const address = { port: Number(process.env.FRONT_PORT), hostname: "127.0.0.1" };
const close = globalThis.Deno ? serveWithDeno() : serveWithNode();

async function answer(url) {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  if (pathname === "/readyz") return ready();
  const { values } = await roll({
    player: searchParams.get("player"),
    rolls: Number(searchParams.get("rolls")),
    sides: 6,
  });
  return values;
}

function roll(request) {
  return new Promise((resolve, reject) => {
    back.roll(request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

function ready() {
  return new Promise((resolve, reject) => {
    back.waitForReady(Date.now() + 1000, (error) => (error ? reject(error) : resolve({ status: "ready" })));
  });
}

function serveWithNode() {
  const server = createServer((request, response) => {
    const send = (status, text) => {
      response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) });
      response.end(text);
    };
    answer(request.url).then(
      (body) => send(200, JSON.stringify(body)),
      ({ message }) => send(503, message),
    );
  });
  server.listen(address.port, address.hostname);
  return () => server.closeAllConnections();
}

function serveWithDeno() {
  const server = Deno.serve({ ...address, onListen: () => {} }, ({ url }) =>
    answer(url).then(
      (body) => new Response(JSON.stringify(body), { headers }),
      ({ message }) => new Response(message, { status: 503 }),
    ),
  );
  return () => server.shutdown();
}

process.once("SIGTERM", async () => {
  await close();
  back.close();
  await end();
  process.exit();
});
