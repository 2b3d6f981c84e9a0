/** The part of a logger that a service needs: fields and a message. */
export interface ServiceLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
