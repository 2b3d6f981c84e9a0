/** W3C Trace Context and Baggage as data: what a caller sends, and what must go out for it. Nothing here sends anything. */
export { cases } from "./all-cases.ts";
export { canBeSentOverGrpc } from "./can-be-sent-over-grpc.ts";
export { type Clause, type ClauseId, clauses } from "./clauses.ts";
export {
  type ConformanceCase,
  type Expected,
  type HeaderLines,
  parentId,
  traceId,
  traceparent,
} from "./conformance-case.ts";
export { type Fault, findFaults } from "./find-faults.ts";
