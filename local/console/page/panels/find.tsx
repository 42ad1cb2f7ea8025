import { useEffect, useState } from 'preact/hooks';
import type { FoundRecord, RecordWay } from '../../acts/record-way.ts';
import { read } from '../api.ts';
import { bytes, clockTime, counted, shardTitle } from '../format.ts';
import { useRead } from '../use-read.ts';
import { ResponseText } from './invocations.tsx';

const AGAIN_EVERY_MS = 2_000;

/** One record's way from its Kafka offset to its place in both targets. */
export function Find({ topic }: { readonly topic: string }) {
  const [search, setSearch] = useState('');
  const [found, setFound] = useState<readonly FoundRecord[]>();
  const [chosen, setChosen] = useState<FoundRecord>();
  const [problem, setProblem] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const records = await read<readonly FoundRecord[]>('records', { search });
      setFound(records);
      setChosen(records[0]);
      setProblem('');
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <div class="find">
      <search>
        <form class="search" onSubmit={(event) => void submit(event)}>
          <label for="search">Key or partition@offset</label>
          <input
            id="search"
            type="search"
            value={search}
            placeholder="order-0000012 or 2@40"
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
          <button type="submit" class="button main">
            Find
          </button>
        </form>
      </search>
      <p class="aside" role="status">
        {problem ||
          (found !== undefined &&
            (found.length === 0
              ? 'No record of this session has this key or place.'
              : `${counted(found.length, 'record')}, the newest first`))}
      </p>
      <div class="find-result">
        {found !== undefined && found.length > 1 && (
          <ul class="found" aria-label="Found records">
            {found.map((record) => (
              <li key={placeOf(record)}>
                <button
                  type="button"
                  class="option"
                  aria-pressed={chosen !== undefined && placeOf(chosen) === placeOf(record)}
                  onClick={() => setChosen(record)}
                >
                  {placeOf(record)} <span>{record.key ?? 'no key'}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {chosen !== undefined && <Way key={placeOf(chosen)} topic={topic} record={chosen} />}
      </div>
    </div>
  );
}

const placeOf = ({ partition, offset }: FoundRecord): string => `${partition}@${offset}`;

function Way({ topic, record }: { readonly topic: string; readonly record: FoundRecord }) {
  const [way, setWay] = useState<RecordWay>();
  const { partition, offset } = record;
  const readWay = useRead<RecordWay | null>((answer) => setWay(answer ?? undefined));
  useEffect(() => {
    const load = () => readWay('way', { partition: String(partition), offset: String(offset) });
    load();
    const timer = setInterval(load, AGAIN_EVERY_MS);
    return () => clearInterval(timer);
  }, [partition, offset]);
  if (way === undefined) return null;
  return (
    <ol class="way" aria-label={`The way of ${topic}-${partition}@${offset}`}>
      <li class="step is-done">
        <h3>
          Kafka <span class="code">{`${topic}-${partition}@${offset}`}</span>
        </h3>
        <p>
          {record.key === null ? (
            'no key'
          ) : (
            <>
              key <span class="code">{record.key}</span>
            </>
          )}
          , {record.valueBytes === null ? 'a tombstone' : bytes(record.valueBytes)}, {clockTime(record.timestampMs)}
          {record.poison !== null && <>, poison: {record.poison}</>}
        </p>
        {record.valueStart !== null && <pre tabIndex={0}>{record.valueStart}</pre>}
      </li>
      {way.sinks.map((sink) => (
        <li key={sink.name} class={`step ${sink.state === 'settled' ? 'is-done' : 'is-open'}`}>
          <h3>
            {sink.name}{' '}
            <span class={`state state-${sink.state === 'settled' ? 'settled' : 'holding'}`}>{STATES[sink.state]}</span>
          </h3>
          <ul class="lines">
            {sink.invocations.slice(0, 4).map(({ id, startedAtMs, response }) => (
              <li key={id}>
                {clockTime(startedAtMs)} <ResponseText response={response} />
              </li>
            ))}
            {sink.invocations.length > 4 && <li>and {counted(sink.invocations.length - 4, 'earlier invocation')}</li>}
          </ul>
          <Place way={way} isStream={sink.name === 'kinesisSink'} />
          {way.deadLetters
            .filter((letter) => letter.function === sink.name)
            .map(({ code, reason }) => (
              <p key={code} class="cause">
                dead letter: {code}: {reason}
              </p>
            ))}
        </li>
      ))}
    </ol>
  );
}

const STATES: Readonly<Record<RecordWay['sinks'][number]['state'], string>> = {
  settled: 'settled',
  inFlight: 'in flight',
  waits: 'waits',
};

function Place({ way, isStream }: { readonly way: RecordWay; readonly isStream: boolean }) {
  if (isStream) {
    if (way.copies.length === 0) return <p>Not in the stream.</p>;
    return (
      <ul class="lines">
        {way.copies.map(({ shardId, sequenceNumber }) => (
          <li key={sequenceNumber}>
            {shardTitle(shardId)} <span class="code">{sequenceNumber}</span>
          </li>
        ))}
      </ul>
    );
  }
  const { state, sourceOffset, isDeleted } = way.document;
  const source = sourceOffset === null ? '' : `${way.record.partition}@${sourceOffset}`;
  const texts: Readonly<Record<typeof state, string>> = {
    none: 'There is no document of this key.',
    unread: 'DocumentDB is stopped: the document cannot be read now.',
    thisRecord: isDeleted ? 'This record deleted the document.' : 'The document is of this record.',
    newerRecord: `${isDeleted ? 'A newer record deleted the document' : 'The document is of a newer record'}: ${source}.`,
    olderRecord: `The document is still of an older record: ${source}.`,
  };
  return <p>{texts[state]}</p>;
}
