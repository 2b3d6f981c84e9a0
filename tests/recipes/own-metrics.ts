import { startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "warehouse" });

// Create an instrument once, and record into it as often as needed.
const packed = telemetry.meter.createCounter("warehouse.parcels", { unit: "{parcel}", description: "Parcels packed." });
const weight = telemetry.meter.createHistogram("warehouse.parcel.weight", {
  unit: "kg",
  advice: { explicitBucketBoundaries: [0.5, 1, 2, 5, 10, 20] },
});

// Attributes of a metric must have few different values: a country is fine, a customer id is not.
for (const kilograms of [0.3, 1.5, 12]) {
  packed.add(1, { "warehouse.country": "DE" });
  weight.record(kilograms, { "warehouse.country": "DE" });
}

await telemetry.shutdown();
