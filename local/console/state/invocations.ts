import type { FunctionName } from '../../engines/endpoints.ts';
import type { Invocation } from '../../lambda/invocation.ts';
import type { BatchPart, TriggerEvent } from '../../msk-trigger/runtime/run.ts';
import { type LogLine, readLogLine } from './log-line.ts';
import type { InvocationView, Response } from './view.ts';

/** An invocation without what its log lines say, which may come before or after its end. */
interface Kept extends Omit<InvocationView, 'outcome' | 'resentCount' | 'codes'> {
  readonly requestId: string | undefined;
}

type BatchLine = Extract<LogLine, { kind: 'batch' }> & { readonly resentCount?: number };

export interface Invocations {
  /** The newest last. */
  readonly kept: readonly Kept[];
  /** By request id. */
  readonly lines: ReadonlyMap<string, BatchLine>;
  /** The request of the last batch line, by process. */
  readonly requestByPid: ReadonlyMap<number, string>;
  /** The first offset that no batch has held yet, by function and partition. */
  readonly sentUpTo: ReadonlyMap<string, number>;
}

export const NO_INVOCATIONS: Invocations = {
  kept: [],
  lines: new Map(),
  requestByPid: new Map(),
  sentUpTo: new Map(),
};

const KEPT_MAX = 200;

export function triggered(state: Invocations, sink: FunctionName, event: TriggerEvent): Invocations {
  return event.kind === 'invocationStarted' ? started(state, sink, event) : ended(state, sink, event);
}

const idOf = (sink: FunctionName, id: number): string => `${sink}-${id}`;

function started(
  state: Invocations,
  sink: FunctionName,
  { id, parts, atMs }: Extract<TriggerEvent, { kind: 'invocationStarted' }>,
): Invocations {
  const placeOf = ({ partition }: BatchPart) => `${sink}-${partition}`;
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const invocation: Kept = {
    id: idOf(sink, id),
    sink,
    startedAtMs: atMs,
    durationMs: undefined,
    parts,
    recordCount: sum(parts.map(({ recordCount }) => recordCount)),
    repeatedCount: sum(parts.map((part) => repeatedOf(part, state.sentUpTo.get(placeOf(part)) ?? 0))),
    response: { kind: 'running' },
    requestId: undefined,
  };
  const sent = parts.map(
    (part) => [placeOf(part), Math.max(part.lastOffset + 1, state.sentUpTo.get(placeOf(part)) ?? 0)] as const,
  );
  return {
    ...state,
    kept: [...state.kept, invocation].slice(-KEPT_MAX),
    sentUpTo: new Map([...state.sentUpTo, ...sent]),
  };
}

/** A gap counts as records that were sent before. */
const repeatedOf = ({ firstOffset, recordCount }: BatchPart, sentUpTo: number): number =>
  Math.min(recordCount, Math.max(0, sentUpTo - firstOffset));

function ended(
  state: Invocations,
  sink: FunctionName,
  { id, result, atMs }: Extract<TriggerEvent, { kind: 'invocationEnded' }>,
): Invocations {
  const own = idOf(sink, id);
  const kept = state.kept.map((each) =>
    each.id === own
      ? { ...each, durationMs: atMs - each.startedAtMs, response: responseOf(result), requestId: result.requestId }
      : each,
  );
  return { ...state, kept };
}

const NAMED_MAX = 3;

function responseOf(result: Invocation): Response {
  if (result.kind === 'failed') return { kind: 'failed', errorType: result.errorType };
  const named = namedOf(result.payload);
  if (named === undefined) return { kind: 'failed', errorType: 'the response cannot be read' };
  if (named.length === 0) return { kind: 'settled' };
  const lowest = new Map<string, number>();
  for (const { partition, offset } of named) {
    lowest.set(partition, Math.min(offset, lowest.get(partition) ?? Number.POSITIVE_INFINITY));
  }
  return {
    kind: 'partial',
    namedCount: named.length,
    lowest: [...lowest].slice(0, NAMED_MAX).map(([partition, offset]) => `${partition}@${offset}`),
  };
}

interface Named {
  readonly partition: string;
  readonly offset: number;
}

/** The records that a response names; undefined if the response has another form. */
function namedOf(payload: string): readonly Named[] | undefined {
  try {
    const { batchItemFailures = [] } = (JSON.parse(payload) ?? {}) as {
      readonly batchItemFailures?: readonly { readonly itemIdentifier: Named }[];
    };
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  } catch {
    return undefined;
  }
}

/** A line of a function's output, from the process `pid`. */
export function logged(state: Invocations, line: string, pid: number): Invocations {
  const read = readLogLine(line);
  if (read === undefined) return state;
  if (read.kind === 'batch') {
    return {
      ...state,
      lines: withLine(state.lines, read),
      requestByPid: new Map([...state.requestByPid, [pid, read.requestId]]),
    };
  }
  const batch = state.lines.get(state.requestByPid.get(pid) ?? '');
  if (batch === undefined) return state;
  return { ...state, lines: withLine(state.lines, { ...batch, resentCount: read.resentCount }) };
}

const withLine = (lines: Invocations['lines'], line: BatchLine): Invocations['lines'] =>
  new Map([...[...lines].filter(([id]) => id !== line.requestId), [line.requestId, line] as const].slice(-KEPT_MAX));

/** The newest first. */
export const invocationViews = ({ kept, lines }: Invocations): readonly InvocationView[] =>
  kept
    .map(({ requestId, ...rest }) => {
      const line = lines.get(requestId ?? '');
      return { ...rest, outcome: line?.outcome, resentCount: line?.resentCount, codes: line?.codes ?? [] };
    })
    .toReversed();
