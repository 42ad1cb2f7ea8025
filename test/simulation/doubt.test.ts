import { describe, expect, it } from 'vitest';
import { calmViolations, type DoubtParts, hasDoubtAlone, openRecords } from './invariants/doubt.ts';
import { randomOf } from './scenario/random.ts';
import type { Scenario } from './scenario/scenario.ts';
import { Bucket } from './services/bucket.ts';
import { KafkaLog, type ProducedRecord } from './services/kafka-log.ts';
import type { Invocation, InvocationEnd } from './services/lambda.ts';
import type { Target } from './services/target.ts';

const POSITIONS = ['orders-0@0', 'orders-0@1', 'orders-0@2', 'orders-0@3'];

/** Of keys a, b, b and c, of which the second is rejected for ever. Those of `held` are stored. */
function aWorld(mode: 'onDemand' | 'provisioned', held: readonly number[]): DoubtParts {
  const scenario = {
    documentdb: {},
    sink: 'kinesisSink',
    mapping: { mode },
    function: { onPoison: 'deadLetter' },
    kinesis: { ordering: 'key', partitionKey: 'key', envelope: 'none', tombstone: 'empty' },
    faults: [],
  } as unknown as Scenario;
  const kafka = new KafkaLog(1);
  for (const [id, key] of ['a', 'b', 'b', 'c'].entries()) {
    kafka.produce({ id, key, atMs: 0, kind: id === 1 ? 'refused' : 'plain' }, Buffer.from('x'));
  }
  const isRefused = ({ scenario: { kind } }: ProducedRecord) => kind === 'refused';
  const target = {
    holds: ({ offset }: ProducedRecord) => held.includes(offset),
    isPoison: isRefused,
    mayStayOpen: isRefused,
  } as unknown as Target;
  const bucket = new Bucket({ random: randomOf('bucket') } as unknown as ConstructorParameters<typeof Bucket>[0]);
  return { scenario, kafka, target, bucket };
}

const anInvocation = (end: InvocationEnd, sent: readonly string[] = POSITIONS): Invocation => ({
  id: 1,
  environment: 'environment 1',
  startedAtMs: Number.POSITIVE_INFINITY,
  sent,
  touched: new Set(),
  isTouchedAll: false,
  touchedAtMs: undefined,
  wasStopped: false,
  activeAtMs: 0,
  end,
});

const naming = (...offsets: readonly number[]): Invocation => {
  const batchItemFailures = offsets.map((offset) => ({ itemIdentifier: { partition: 'orders-0', offset } }));
  return anInvocation({ kind: 'answered', atMs: 0, payload: JSON.stringify({ batchItemFailures }) });
};

const threw: InvocationEnd = { kind: 'threw', atMs: 0, errorName: 'UnsettledBatchError', said: '' };

describe('a rejected record without evidence excuses', () => {
  it('itself, and what stands behind it in its lane', () => {
    const parts = aWorld('provisioned', [0, 3]);
    expect(hasDoubtAlone(naming(1, 2), parts)).toBe(true);
    expect(calmViolations(naming(1, 2), parts)).toEqual([]);
  });

  it.each([[[1, 3]], [[0, 1, 2]], [[2]]])('no other record: %j', (offsets) => {
    const parts = aWorld('provisioned', [0]);
    expect(hasDoubtAlone(naming(...offsets), parts)).toBe(false);
    expect(calmViolations(naming(...offsets), parts)).toMatchObject([{ guarantee: 'calm' }]);
  });

  it('an error on demand, where everything else of the batch is settled', () => {
    expect(hasDoubtAlone(anInvocation(threw), aWorld('onDemand', [0, 3]))).toBe(true);
    expect(hasDoubtAlone(anInvocation(threw), aWorld('onDemand', [0]))).toBe(false);
    expect(hasDoubtAlone(anInvocation(threw, ['orders-0@0']), aWorld('onDemand', [0]))).toBe(false);
  });

  it('no error where item failures are reported, and no end without an answer', () => {
    expect(hasDoubtAlone(anInvocation(threw), aWorld('provisioned', [0, 3]))).toBe(false);
    expect(hasDoubtAlone(anInvocation({ kind: 'timedOut', atMs: 0 }), aWorld('onDemand', [0, 3]))).toBe(false);
  });
});

describe('where evidence takes its time, and the whole batch comes again', () => {
  /** The second and the third record of b are refused by DocumentDB: five seconds for each. */
  const aDocumentWorld = (held: readonly number[]): DoubtParts => {
    const parts = aWorld('onDemand', held);
    const scenario = {
      ...parts.scenario,
      sink: 'documentdbSink',
      function: { ...parts.scenario.function, timeoutMs: 15_000 },
    } as unknown as Scenario;
    const kafka = new KafkaLog(1);
    for (const [id, key] of ['a', 'b', 'b', 'c'].entries()) {
      const isRefused = id === 1 || id === 2;
      const refusal = isRefused ? ({ kind: 'refused', refusal: 'unlisted' } as const) : ({ kind: 'plain' } as const);
      kafka.produce({ id, key, atMs: 0, ...refusal }, Buffer.from('x'));
    }
    return { ...parts, scenario, kafka };
  };

  it('what is settled comes back as well, and nothing else', () => {
    expect(calmViolations(anInvocation(threw), aDocumentWorld([0, 3]))).toEqual([]);
    expect(calmViolations(anInvocation(threw), aDocumentWorld([0]))).toMatchObject([{ guarantee: 'calm' }]);
    expect(calmViolations(anInvocation(threw), aWorld('onDemand', [0]))).toMatchObject([{ guarantee: 'calm' }]);
  });
});

describe('at the end of a story', () => {
  const openIn = (parts: DoubtParts, invocation: Invocation) => {
    const mappings = [{ heads: () => ['orders-0@1'] }];
    return openRecords({ ...parts, mappings, lambda: { invocations: [invocation] } }).map(({ offset }) => offset);
  };

  it('records are open that wait for one in doubt, or were not sent yet', () => {
    expect(openIn(aWorld('provisioned', [0, 3]), naming(1, 2))).toEqual([1, 2]);
    expect(openIn(aWorld('onDemand', [0]), anInvocation(threw, POSITIONS.slice(0, 3)))).toEqual([1, 2, 3]);
  });

  it('none is open where another record was handed back as well, or where poison blocks: the mapping gives it up', () => {
    const parts = aWorld('provisioned', [0]);
    expect(openIn(parts, naming(1, 2, 3))).toEqual([]);
    const blocking = { ...parts.scenario, function: { ...parts.scenario.function, onPoison: 'block' as const } };
    expect(openIn({ ...parts, scenario: blocking }, naming(1, 2))).toEqual([]);
  });
});
