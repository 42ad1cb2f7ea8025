// Events as they are, in the simulated world: its round trips take 2 to 30 ms, and nothing goes wrong.
import { describe, expect, it } from 'vitest';
import { runScenario } from './run-scenario.ts';
import { generateStory } from './scenario/generate/generate.ts';
import type { Scenario, ScenarioKinesis, ScenarioRecord } from './scenario/scenario.ts';
import { SECRET } from './services/kafka-log.ts';

const calm: Scenario = { ...generateStory({ seed: 4, generator: 1, sink: 'kinesisSink' }), faults: [] };
const MIB = 1024 * 1024;

const storyOf = (records: readonly ScenarioRecord[], kinesis: Partial<ScenarioKinesis>): Scenario => ({
  ...calm,
  mapping: { ...calm.mapping, mode: 'provisioned', batchRecordsMax: 10_000, pollers: 1, windowMs: 1_000 },
  function: { timeoutMs: 40_000, onPoison: 'deadLetter' },
  kinesis: {
    ...calm.kinesis,
    ...{ ordering: 'key', aggregation: 'off', partitionKey: 'key', envelope: 'none', tombstone: 'empty' },
    ...{ recordBytesMax: MIB, requestsInFlightMax: 4, requestTimeoutMs: 10_000, hasRole: true, mayDescribe: true },
    ...kinesis,
  },
  partitionCount: 1,
  records,
});

const recordsOf = (count: number, partsOf: (id: number) => Partial<ScenarioRecord>): readonly ScenarioRecord[] =>
  Array.from({ length: count }, (_, index) => {
    const id = index + 1;
    return { id, atMs: 0, key: `${SECRET}-${id}`, kind: 'plain' as const, ...partsOf(id) };
  });

/** What the first invocation came to. */
async function live(scenario: Scenario) {
  const { violations, endings, invocationCount } = await runScenario(scenario);
  return { violations: violations.filter(({ guarantee }) => guarantee !== 'G4'), endings, invocationCount };
}

const settledAtOnce = {
  violations: [],
  invocationCount: 1,
  endings: { settled: 1, partly: 0, threw: 0, timedOut: 0, killed: 0 },
};

describe('one hot key of 10,000 records', () => {
  const hot = recordsOf(10_000, () => ({ key: SECRET, bytes: 20 }));

  it.each<Partial<ScenarioKinesis>>([
    { aggregation: 'key' },
    { aggregation: 'bucket' },
    { ordering: 'partition', aggregation: 'key' },
  ])('is settled inside the deadline with %j', async (kinesis) => {
    expect(await live(storyOf(hot, kinesis))).toEqual(settledAtOnce);
  });

  it('is handed back in part without aggregation, and settled by and by', async () => {
    const { violations, endings, invocationCount } = await live(storyOf(hot, {}));
    expect(violations.filter(({ guarantee }) => guarantee !== 'calm')).toEqual([]);
    expect(endings['partly']).toBeGreaterThanOrEqual(2);
    expect(endings['settled']).toBe(1);
    expect(invocationCount).toBe((endings['partly'] ?? 0) + 1);
  });
});

describe('an event is settled at once, whatever it holds', () => {
  const shapes: Readonly<Record<string, readonly ScenarioRecord[]>> = {
    '10,000 records of one byte': recordsOf(10_000, () => ({ bytes: 1 })),
    'one record of 1 MB among small ones': recordsOf(20, (id) => ({ key: 'l', bytes: id === 7 ? MIB - 64 : 10 })),
    '10,000 keys': recordsOf(10_000, () => ({ bytes: 20 })),
    '10,000 records without a key': recordsOf(10_000, () => ({ key: null, bytes: 20 })),
  };
  const modes: readonly Partial<ScenarioKinesis>[] = [
    {},
    { aggregation: 'bucket' },
    { ordering: 'none', partitionKey: 'random', aggregation: 'bucket' },
  ];

  it.each(Object.keys(shapes).flatMap((shape) => modes.map((mode) => ({ shape, mode }))))(
    '$shape with $mode',
    async ({ shape, mode }) => {
      expect(await live(storyOf(shapes[shape] ?? [], mode))).toEqual(settledAtOnce);
    },
  );
});
