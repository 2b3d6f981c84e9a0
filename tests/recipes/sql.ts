import { Database } from "bun:sqlite";
import { startTelemetry, withSpan } from "@baton/telemetry";
import { SpanKind } from "@opentelemetry/api";

const telemetry = startTelemetry({ serviceName: "library" });
const database = new Database(":memory:");
database.run("CREATE TABLE books (title TEXT, year INTEGER)");
database.run("INSERT INTO books VALUES ('Dune', 1965), ('Emma', 1815)");

// One CLIENT span for each query. The text has placeholders and no values, so nothing secret gets into the trace.
function titlesBefore(year: number): string[] {
  const text = "SELECT title FROM books WHERE year < ?";
  const attributes = {
    "db.system.name": "sqlite",
    "db.operation.name": "SELECT",
    "db.collection.name": "books",
    "db.query.text": text,
  };
  return withSpan(telemetry, "SELECT books", { kind: SpanKind.CLIENT, attributes }, (span) => {
    const rows = database.query<{ title: string }, [number]>(text).all(year);
    span.setAttribute("db.response.returned_rows", rows.length);
    return rows.map(({ title }) => title);
  });
}

withSpan(telemetry, "old books", () => console.log(titlesBefore(1900)));

await telemetry.shutdown();
