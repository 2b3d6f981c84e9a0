/** What is found in a trace that does not have the usual shape: each with its likely causes and what to look at next. */
import { type TraceTree, type TreeNode, walkTree } from "./build.ts";
import { printable } from "./printable.ts";
import type { Span } from "./trace.ts";

export interface Finding {
  /** Unusual: a trace that is whole and instrumented otherwise. Broken: the trace has lost its way. */
  readonly grade: "unusual" | "broken";
  /** A few words that are counted in the summary: `hop without a CLIENT span`. */
  readonly noun: string;
  /** Names the spans. */
  readonly sentence: string;
  /** The most likely first. */
  readonly causes: readonly string[];
  readonly next: string;
  readonly spanIds: readonly string[];
}

export interface Hop {
  readonly parent: Span;
  readonly child: Span;
  /** The other children of the caller's span. */
  readonly siblings: readonly TreeNode[];
}

/** The allowed kinds of parent and child when a call goes from one service to another. */
const PAIRS: ReadonlySet<string> = new Set(["client server", "producer consumer", "client consumer"]);

/** Calls from one service to another, in the order of the tree. */
export function findHops(tree: TraceTree): readonly Hop[] {
  return [...walkTree(tree)].flatMap(({ node }) =>
    node.children
      .filter((child) => child.span.service !== node.span.service)
      .map((child) => ({ parent: node.span, child: child.span, siblings: node.children })),
  );
}

function isJoined({ parent, child, siblings }: Hop): boolean {
  if (PAIRS.has(`${parent.kind} ${child.kind}`)) return true;
  // The two sides of a call that share one span id stand side by side.
  return child.kind === "server" && siblings.some(({ span }) => span.kind === "client" && span.spanId === child.spanId);
}

export function findAll(tree: TraceTree, hops: readonly Hop[]): readonly Finding[] {
  return [
    ...rootFindings(tree),
    ...orphanFindings(tree),
    ...tree.circles.map(({ span }) => circleFinding(span)),
    ...duplicateFindings(tree),
    ...hops.filter((hop) => !isJoined(hop)).map(hopFinding),
  ];
}

export function label({ service, name, kind }: Span): string {
  return `${printable(service)}: ${printable(name)} (${kind === "unspecified" ? "no kind" : kind.toUpperCase()})`;
}

function rootFindings(tree: TraceTree): readonly Finding[] {
  const { roots, trace } = tree;
  const broken = { grade: "broken", noun: "root", spanIds: roots.map(({ span }) => span.spanId) } as const;
  if (trace.spans.length === 0) {
    return [{ ...broken, sentence: "The trace has no span.", causes: NOT_ARRIVED, next: LOOK_AT_EXPORTERS }];
  }
  if (roots.length === 0) {
    if (isCalledFromOutside(tree)) return [];
    return [
      { ...broken, sentence: "No span is a root: each names a parent.", causes: NOT_ARRIVED, next: LOOK_AT_EXPORTERS },
    ];
  }
  if (roots.length === 1) return [];
  const linked = roots.slice(1).filter(({ span }) => span.kind === "consumer" && linksTo(span, trace.traceId));
  const sentence = `There are ${roots.length} roots instead of one: ${roots.map(({ span }) => label(span)).join(", ")}.`;
  if (linked.length === roots.length - 1) {
    return [
      {
        ...broken,
        grade: "unusual",
        noun: "linked root",
        sentence,
        causes: ["The consumer of a message links to the span that sent it instead of having it as its parent."],
        next: "Follow the link of the CONSUMER span.",
      },
    ];
  }
  return [
    {
      ...broken,
      sentence,
      causes: [
        "A service makes its span outside of the context that it got or began, so the span has no parent.",
        "A sender sets the trace id by hand and no parent.",
      ],
      next: "Look where the second root is started: is the context of the request active there?",
    },
  ];
}

function orphanFindings(tree: TraceTree): readonly Finding[] {
  const outside = isCalledFromOutside(tree);
  return tree.orphans.map(({ span }) => {
    const parent = printable(span.parentId ?? "");
    if (outside) {
      return {
        grade: "unusual",
        noun: "caller from outside",
        sentence: `${label(span)} was called by ${parent}, which is not in the trace.`,
        causes: [
          "The caller sends a traceparent and exports its spans to another backend, or not at all.",
          "The caller's span has not ended yet, or was not sampled.",
        ],
        next: "Ask whoever calls this service where its spans go.",
        spanIds: [span.spanId],
      };
    }
    return {
      grade: "broken",
      noun: "orphan",
      sentence: `${label(span)} is an orphan: its parent ${parent} is not in the trace.`,
      causes: NOT_ARRIVED,
      next: LOOK_AT_EXPORTERS,
      spanIds: [span.spanId],
    };
  });
}

const NOT_ARRIVED: readonly string[] = [
  "The parent has not arrived yet: spans are exported in batches, seconds after they end.",
  "The process of the parent ended before it exported, its queue was full, or its exporter has another address.",
  "Something between the services makes a new span id and exports nothing.",
];
const LOOK_AT_EXPORTERS = "Wait ten seconds and look again; then read the log of the parent's service for lost spans.";

/** One way in, and its caller is somebody whose spans go elsewhere. */
function isCalledFromOutside({ roots, orphans, circles }: TraceTree): boolean {
  const [entry, ...others] = orphans;
  const isEntry = entry?.span.kind === "server" || entry?.span.kind === "consumer";
  return roots.length === 0 && circles.length === 0 && others.length === 0 && isEntry;
}

function circleFinding(span: Span): Finding {
  return {
    grade: "broken",
    noun: "circle",
    sentence: `${label(span)} is its own ancestor.`,
    causes: ["Two spans have the same id.", "A sender writes parents by hand."],
    next: "Compare the span ids in the JSON of the trace.",
    spanIds: [span.spanId],
  };
}

/** Zipkin's senders give the two spans of a call one id. */
function duplicateFindings({ trace, duplicateIds }: TraceTree): readonly Finding[] {
  return duplicateIds.map((id) => {
    const kinds = trace.spans.filter(({ spanId }) => spanId === id).map(({ kind }) => kind);
    const isShared = kinds.length === 2 && kinds.includes("client") && kinds.includes("server");
    return {
      grade: isShared ? "unusual" : "broken",
      noun: isShared ? "shared span id" : "duplicate span id",
      sentence: isShared
        ? `A CLIENT and a SERVER span share the id ${printable(id)}.`
        : `More than one span has the id ${printable(id)}.`,
      causes: isShared
        ? ["The two sides of a call share one span, as Zipkin's B3 allows."]
        : [
            "A process was copied while it ran, with the state of its random numbers.",
            "A span was changed and sent again.",
          ],
      next: isShared ? "Nothing: the time of both sides is shown." : "Compare the two spans in the JSON of the trace.",
      spanIds: [id],
    };
  });
}

function hopFinding(hop: Hop): Finding {
  const { parent, child } = hop;
  const spanIds = [parent.spanId, child.spanId];
  const under = `${label(child)} hangs under ${label(parent)}`;
  if (isPastItsClient(hop)) {
    const wanted = child.kind === "consumer" ? "PRODUCER" : "CLIENT";
    return {
      grade: "broken",
      noun: "hop not joined",
      sentence: `${under}: between two services there must be a ${wanted} span of the caller over a SERVER or CONSUMER span.`,
      causes: [
        `The header was written before the ${wanted} span began, so it names the span above it.`,
        "Two instrumentations write the header, and the outer one comes last.",
      ],
      next: `Look where the caller writes its header: inside the ${wanted} span?`,
      spanIds,
    };
  }
  if (child.kind === "server" || child.kind === "consumer") {
    const wanted = child.kind === "consumer" ? "PRODUCER" : "CLIENT";
    return {
      grade: "unusual",
      noun: `hop without a ${wanted} span`,
      sentence: `${under}: the caller has no ${wanted} span for this.`,
      causes: [
        "The caller passes the header on and its client is not instrumented.",
        "A proxy or a mesh makes the call.",
      ],
      next: "Nothing has to be done. With an instrumented client the time on the way is seen, too.",
      spanIds,
    };
  }
  return {
    grade: "unusual",
    noun: "hop without a SERVER span",
    sentence: `${under}: the callee has no SERVER or CONSUMER span for this.`,
    causes: [
      "Both are parts of one process that have their own service names.",
      "The callee reads the header by hand and its server is not instrumented.",
    ],
    next: "Nothing has to be done. With an instrumented server the request itself is seen, too.",
    spanIds,
  };
}

/** The caller has a span for this very call, without a child, and the callee hangs beside it. */
function isPastItsClient({ parent, child, siblings }: Hop): boolean {
  const out = child.kind === "consumer" ? "producer" : "client";
  if (child.kind !== "server" && child.kind !== "consumer") return false;
  return siblings.some(
    ({ span, children }) =>
      span.kind === out &&
      span.service === parent.service &&
      children.length === 0 &&
      span.startMicros <= child.startMicros &&
      endOf(span) >= endOf(child),
  );
}

function endOf({ startMicros, durationMicros }: Span): number {
  return startMicros + durationMicros;
}

function linksTo({ links }: Span, traceId: string): boolean {
  return links.some((link) => link.traceId === traceId);
}
