/** What front tells the page about itself. */

export interface Facts {
  /** Where a person opens a trace. Empty: nowhere. */
  readonly queryPageUrl: string;
  readonly hasTraces: boolean;
  readonly lab: boolean;
}

export const facts: Facts = JSON.parse(document.body.dataset.facts ?? "{}");
