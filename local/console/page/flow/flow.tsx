import type { ConsoleView, EngineName, EngineView, SinkView } from '../../state/view.ts';
import { ActButton } from '../button.tsx';
import { grouped, milliseconds, perSecond, shardTitle } from '../format.ts';
import { EngineButton } from './engine-button.tsx';
import { Pipe } from './pipe.tsx';
import { Poison } from './poison.tsx';

/** The way of the records, from the topic to both targets. */
export function Flow({ view }: { readonly view: ConsoleView }) {
  const engine = (name: EngineName) => view.controls.engines.find((each) => each.name === name);
  return (
    <section class="flow" aria-labelledby="flow-title">
      <h2 id="flow-title" class="visually-hidden">
        Flow
      </h2>
      <Topic view={view} engine={engine('kafka')} />
      {view.sinks.map((sink) => (
        <Lane
          key={sink.name}
          view={view}
          sink={sink}
          engine={engine(sink.name === 'kinesisSink' ? 'kinesis' : 'documentdb')}
          isKafkaAway={engine('kafka')?.isAway ?? false}
        />
      ))}
    </section>
  );
}

function Topic({ view, engine }: { readonly view: ConsoleView; readonly engine: EngineView | undefined }) {
  const partitions = view.sinks[0]?.partitions ?? [];
  const most = Math.max(1, ...partitions.map(({ endOffset }) => endOffset));
  return (
    <article class={`card topic ${engine?.isAway ? 'is-away' : ''}`}>
      <CardHead kind="Kafka topic" name={view.topic} engine={engine} />
      <p class="figure">
        <b>{grouped(view.producedCount)}</b> records produced
        <span class="figure-more">{perSecond(view.producedPerSecond)}/s</span>
      </p>
      <ul class="bars" aria-label="Records by partition">
        {partitions.map(({ partition, endOffset }) => (
          <Bar key={partition} name={`partition ${partition}`} count={endOffset} share={endOffset / most} />
        ))}
      </ul>
      <div class="send">
        <ActButton act={{ kind: 'produce', count: 1_000 }}>Produce 1,000</ActButton>
        <Poison view={view} />
      </div>
    </article>
  );
}

interface LaneProps {
  readonly view: ConsoleView;
  readonly sink: SinkView;
  readonly engine: EngineView | undefined;
  readonly isKafkaAway: boolean;
}

function Lane({ view, sink, engine, isKafkaAway }: LaneProps) {
  const isAway = engine?.isAway ?? false;
  const isHolding = isStuck(sink);
  const name = `${perSecond(sink.settledPerSecond)} records a second`;
  const out = isAway ? 'away' : isHolding ? 'holding' : 'open';
  return (
    <>
      <Pipe
        rate={view.producedPerSecond}
        state={isKafkaAway ? 'away' : 'open'}
        title={`${view.topic} to the mapping of ${sink.name}`}
      />
      <Mapping view={view} sink={sink} />
      <Pipe
        rate={sink.settledPerSecond}
        state={isHolding ? 'holding' : 'open'}
        title={`the mapping to ${sink.name}: ${name}`}
      />
      <FunctionCard sink={sink} />
      <Pipe rate={sink.settledPerSecond} state={out} title={`${sink.name} to ${engine?.title}: ${name}`} />
      <div class="targets">
        {sink.name === 'kinesisSink' ? (
          <Stream view={view} engine={engine} />
        ) : (
          <Collection view={view} engine={engine} />
        )}
        <p class="card letters-card">
          <b>{grouped(sink.deadLetteredCount)}</b> dead letter{sink.deadLetteredCount === 1 ? '' : 's'} in S3
        </p>
      </div>
    </>
  );
}

const isStuck = ({ condition }: SinkView): boolean => condition === 'holding' || condition === 'retrying';

const REPEATS = { fromLowest: 'from the lowest', listedOnly: 'the listed only' } as const;

function Mapping({ view, sink }: { readonly view: ConsoleView; readonly sink: SinkView }) {
  const most = Math.max(1, ...sink.partitions.map(({ lag }) => lag));
  return (
    <article class={`card mapping ${isStuck(sink) ? 'is-holding' : ''}`}>
      <CardHead kind="Mapping, repeats" name={REPEATS[view.controls.partialFailureRetry]} />
      <p class="figure">
        <b data-waiting={sink.name}>{grouped(sink.lag)}</b> waiting
      </p>
      <ul class="bars" aria-label={`Lag of ${sink.name} by partition`}>
        {sink.partitions.map(({ partition, lag }) => (
          <Bar key={partition} name={`p${partition}`} count={lag} share={sink.lag === 0 ? 0 : lag / most} />
        ))}
      </ul>
    </article>
  );
}

const CONDITIONS: Readonly<Record<SinkView['condition'], string>> = {
  idle: 'idle',
  flowing: 'settling',
  retrying: 'retrying',
  holding: 'holding',
};

function FunctionCard({ sink }: { readonly sink: SinkView }) {
  const { name, condition, runningCount, processCount, lastDurationMs, codes } = sink;
  return (
    <article class={`card function ${isStuck(sink) ? 'is-holding' : ''}`} data-sink={name}>
      <CardHead
        kind="Function"
        name={name}
        button={
          <ActButton act={{ kind: 'killFunction', sink: name }} label={`Kill ${name}`}>
            Kill
          </ActButton>
        }
      />
      <p class="figure">
        <b data-settled={name}>{grouped(sink.settledCount)}</b> settled
        <span class={`state state-${isStuck(sink) ? 'holding' : condition}`}>{CONDITIONS[condition]}</span>
      </p>
      <dl class="facts">
        <Fact
          name="handed back"
          value={grouped(sink.handedBackCount)}
          tone={condition === 'holding' ? 'warn' : undefined}
          id={`${name}-handed-back`}
        />
        <Fact name="batches" value={grouped(sink.batchCount)} />
        <Fact name="running" value={grouped(runningCount)} />
        <Fact name="last batch" value={lastDurationMs === undefined ? '' : milliseconds(lastDurationMs)} />
        <Fact name="processes" value={grouped(processCount)} />
        <Fact name="memory MB" value={grouped(sink.memoryPeakMb)} />
      </dl>
      {condition === 'holding' && codes.length > 0 && <p class="cause">{codes.join(', ')}</p>}
    </article>
  );
}

function Stream({ view, engine }: { readonly view: ConsoleView; readonly engine: EngineView | undefined }) {
  const most = Math.max(1, ...view.shards.map(({ recordCount }) => recordCount));
  const stored = view.shards.reduce((sum, { recordCount }) => sum + recordCount, 0);
  return (
    <article class={`card target ${engine?.isAway ? 'is-away' : ''}`}>
      <CardHead kind="Kinesis stream, account B" name={view.stream} engine={engine} />
      <p class="figure">
        <b>{grouped(stored)}</b> records
      </p>
      <ul class="bars" aria-label="Records by shard">
        {view.shards.map(({ shardId, recordCount }) => (
          <Bar key={shardId} name={shardTitle(shardId)} count={recordCount} share={recordCount / most} />
        ))}
      </ul>
    </article>
  );
}

function Collection({ view, engine }: { readonly view: ConsoleView; readonly engine: EngineView | undefined }) {
  return (
    <article class={`card target ${engine?.isAway ? 'is-away' : ''}`}>
      <CardHead kind="DocumentDB collection" name={view.namespace} engine={engine} />
      <p class="figure">
        <b>{grouped(view.documentCount)}</b> documents
      </p>
      {view.controls.isRuleOn && <p class="aside">A rule refuses documents with review: "refused".</p>}
    </article>
  );
}

interface CardHeadProps {
  readonly kind: string;
  readonly name: string;
  readonly engine?: EngineView | undefined;
  readonly button?: preact.ComponentChildren;
}

function CardHead({ kind, name, engine, button }: CardHeadProps) {
  return (
    <header class="card-head">
      <div>
        <p class="kind">{kind}</p>
        <h3>{name}</h3>
      </div>
      {engine ? <EngineButton engine={engine} /> : button}
    </header>
  );
}

interface BarProps {
  readonly name: string;
  readonly count: number;
  /** From 0 to 1. */
  readonly share: number;
}

const Bar = ({ name, count, share }: BarProps) => (
  <li class="bar">
    <span class="bar-name">{name}</span>
    <span class="bar-track" aria-hidden="true">
      <i style={{ transform: `scaleX(${share})` }} />
    </span>
    <span class="bar-count">{grouped(count)}</span>
  </li>
);

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'warn' | undefined;
  readonly id?: string;
}

const Fact = ({ name, value, tone, id }: FactProps) => (
  <div class={tone}>
    <dt>{name}</dt>
    <dd data-fact={id}>{value}</dd>
  </div>
);
