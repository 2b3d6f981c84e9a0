/** The part of a logger that a service needs: what happened in words, and the facts beside it. */
export interface ServiceLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
