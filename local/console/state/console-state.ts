import type { FunctionName } from '../../engines/endpoints.ts';
import type { TriggerEvent } from '../../msk-trigger/runtime/run.ts';
import type { SinkStatus, Status } from '../../terminal/table.ts';
import { type Invocations, invocationViews, logged, NO_INVOCATIONS, triggered } from './invocations.ts';
import { type Checked, verdictView } from './verdict.ts';
import type { ConsoleView, Controls, InvocationView, Note, Sample, SinkCondition, SinkView } from './view.ts';

/** Everything that changes what the console shows. */
export type ConsoleEvent =
  | { readonly kind: 'triggered'; readonly sink: FunctionName; readonly event: TriggerEvent }
  | { readonly kind: 'logged'; readonly line: string; readonly pid: number }
  | { readonly kind: 'sampled'; readonly atMs: number; readonly status: Status; readonly processCounts: ProcessCounts }
  | { readonly kind: 'checked'; readonly checked: Checked }
  | { readonly kind: 'noted'; readonly atMs: number; readonly text: string };

export type ProcessCounts = Readonly<Record<FunctionName, number>>;

export interface ConsoleState {
  readonly invocations: Invocations;
  readonly status: Status | undefined;
  readonly processCounts: ProcessCounts;
  /** The newest last. */
  readonly samples: readonly Sample[];
  readonly checked: Checked | undefined;
  /** The newest last. */
  readonly notes: readonly Note[];
}

export const NEW_CONSOLE: ConsoleState = {
  invocations: NO_INVOCATIONS,
  status: undefined,
  processCounts: { kinesisSink: 0, documentdbSink: 0 },
  samples: [],
  checked: undefined,
  notes: [],
};

/** Ten minutes. */
export const SAMPLES_MAX = 600;
const NOTES_MAX = 40;

export function next(state: ConsoleState, event: ConsoleEvent): ConsoleState {
  switch (event.kind) {
    case 'triggered':
      return { ...state, invocations: triggered(state.invocations, event.sink, event.event) };
    case 'logged':
      return { ...state, invocations: logged(state.invocations, event.line, event.pid) };
    case 'sampled': {
      const { status, processCounts, atMs } = event;
      return {
        ...state,
        status,
        processCounts,
        samples: [...state.samples, sampleOf(status, atMs)].slice(-SAMPLES_MAX),
      };
    }
    case 'checked':
      return { ...state, checked: event.checked };
    case 'noted': {
      const note = { id: (state.notes.at(-1)?.id ?? 0) + 1, atMs: event.atMs, text: event.text };
      return { ...state, notes: [...state.notes, note].slice(-NOTES_MAX) };
    }
  }
}

function sampleOf({ producedCount, sinks }: Status, atMs: number): Sample {
  const by = (figure: (sink: SinkStatus) => number) => {
    const of = (name: FunctionName) => sinks.filter((sink) => sink.name === name).reduce((_, sink) => figure(sink), 0);
    return { kinesisSink: of('kinesisSink'), documentdbSink: of('documentdbSink') };
  };
  return { atMs, producedCount, settledCounts: by(settledOf), lags: by(({ lag }) => lag) };
}

const settledOf = ({ received, unsettled }: SinkStatus): number => received - unsettled;

/** What the console knows from elsewhere. */
export interface Surroundings extends Pick<ConsoleView, 'topic' | 'namespace' | 'stream'> {
  readonly controls: Controls;
}

const INVOCATIONS_SHOWN_MAX = 60;

export function viewOf(state: ConsoleState, { controls, ...names }: Surroundings): ConsoleView {
  const { status, samples, checked, notes } = state;
  const invocations = invocationViews(state.invocations);
  const sinks = (status?.sinks ?? []).map((sink) => sinkView(sink, state, invocations));
  const waitingCount = Math.max(0, ...sinks.map(({ lag }) => lag));
  return {
    ...names,
    elapsedMs: status?.elapsedMs ?? 0,
    producedCount: status?.producedCount ?? 0,
    producedPerSecond: rateOf(samples, ({ producedCount }) => producedCount),
    sinks,
    shards: [...(status?.shards ?? [])]
      .map(([shardId, recordCount]) => ({ shardId, recordCount }))
      .toSorted((one, other) => one.shardId.localeCompare(other.shardId)),
    documentCount: status?.documentCount ?? 0,
    verdict: verdictView(checked, waitingCount),
    controls,
    invocations: invocations.slice(0, INVOCATIONS_SHOWN_MAX),
    notes: notes.toReversed(),
    sample: samples.at(-1),
  };
}

function sinkView(sink: SinkStatus, state: ConsoleState, invocations: readonly InvocationView[]): SinkView {
  const name = sink.name as FunctionName;
  const own = invocations.filter((invocation) => invocation.sink === name);
  const last = own.find(({ response }) => response.kind !== 'running');
  const settledPerSecond = rateOf(state.samples, ({ settledCounts }) => settledCounts[name]);
  return {
    name,
    condition: conditionOf(own, settledPerSecond, state.samples.at(-1)?.atMs ?? 0),
    lag: sink.lag,
    partitions: sink.partitions,
    runningCount: own.filter(({ response }) => response.kind === 'running').length,
    processCount: state.processCounts[name],
    memoryPeakMb: Math.round(sink.memoryPeakMb),
    batchCount: sink.batches,
    lastDurationMs: last?.durationMs,
    settledCount: settledOf(sink),
    settledPerSecond,
    handedBackCount: sink.unsettled,
    deadLetteredCount: sink.deadLettered,
    codes: last?.codes ?? [],
  };
}

/** A batch that takes longer is waiting for its target. */
const BATCH_MS_USUAL = 3_000;

/** @param own the newest first */
function conditionOf(own: readonly InvocationView[], settledPerSecond: number, nowMs: number): SinkCondition {
  const last = own.find(({ response }) => response.kind !== 'running');
  if (last !== undefined && last.response.kind !== 'settled') return 'holding';
  if (settledPerSecond > 0) return 'flowing';
  const isLate = own.some(
    ({ response, startedAtMs }) => response.kind === 'running' && nowMs - startedAtMs > BATCH_MS_USUAL,
  );
  return isLate ? 'retrying' : 'idle';
}

/** Samples that a rate compares: batches arrive in bursts, one a second. */
const RATE_SAMPLES = 5;

function rateOf(samples: readonly Sample[], count: (sample: Sample) => number): number {
  const [newest, oldest] = [samples.at(-1), samples.at(-RATE_SAMPLES - 1) ?? samples[0]];
  if (newest === undefined || oldest === undefined || newest.atMs <= oldest.atMs) return 0;
  return Math.max(0, ((count(newest) - count(oldest)) * 1_000) / (newest.atMs - oldest.atMs));
}
