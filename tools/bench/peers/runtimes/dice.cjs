/** The service definition that the project's own pair uses, read when the service starts. */
const { join } = require("node:path");
const { loadPackageDefinition } = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");

const root = join(__dirname, "../../../../proto");
const definition = loadSync("baton/dice/v1/dice.proto", { includeDirs: [root], keepCase: false, defaults: true });
exports.DiceService = loadPackageDefinition(definition).baton.dice.v1.DiceService;
