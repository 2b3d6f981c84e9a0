import { startTelemetry, withSpan } from "@baton/telemetry";
import { trace } from "@opentelemetry/api";

const telemetry = startTelemetry({ serviceName: "checkout" });

// Any function can add to the span that is active, without being given it. Outside of a span this does nothing.
function addItem(name: string, price: number): void {
  const span = trace.getActiveSpan();
  span?.setAttributes({ "cart.item": name, "cart.price": price });
  if (price > 100) span?.addEvent("expensive item", { "cart.price": price });
}

await withSpan(telemetry, "fill cart", async (span) => {
  span.setAttribute("cart.currency", "EUR");
  addItem("board game", 120);
});

await telemetry.shutdown();
