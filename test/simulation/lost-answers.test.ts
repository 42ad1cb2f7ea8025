import { describe, expect, it } from 'vitest';
import { runScenario } from './run-scenario.ts';
import type { FaultKind } from './scenario/faults.ts';
import { generateStory } from './scenario/generate/generate.ts';
import type { Scenario } from './scenario/scenario.ts';

const calm: Scenario = { ...generateStory({ seed: 4, generator: 1, sink: 'kinesisSink' }), faults: [] };
const scenario: Scenario = {
  ...calm,
  mapping: { ...calm.mapping, mode: 'provisioned', batchRecordsMax: 100, retriesMax: 10_000 },
  function: { timeoutMs: 40_000, onPoison: 'deadLetter' },
  kinesis: {
    ...calm.kinesis,
    ordering: 'key',
    aggregation: 'off',
    partitionKey: 'key',
    tombstone: 'empty',
    hasRole: true,
  },
  records: Array.from({ length: 20 }, (_, index) => ({
    id: index + 1,
    atMs: 0,
    key: `hunter2-${index % 5}`,
    kind: 'plain' as const,
  })),
};

/** How often each record was stored while the one fault was at work for a while. */
async function copiesAfter(kind: FaultKind, chance: number) {
  const stored: string[] = [];
  const faults = [{ kind, fromMs: 0, untilMs: 5_000, chance }];
  const { violations } = await runScenario({ ...scenario, faults }, ({ text, position }) => {
    if (text.startsWith('stored')) stored.push(position ?? '');
  });
  expect(violations).toEqual([]);
  const copies = [...Map.groupBy(stored, (position) => position).values()].map(({ length }) => length);
  expect(copies).toHaveLength(scenario.records.length);
  return copies;
}

describe('in the stream there are', () => {
  it.each([
    'kinesis.requestLost',
    'kinesis.entryThrottled',
    'kinesis.requestThrottled',
    'kinesis.accessDenied',
  ] as const)('no copies after %s: nothing had been stored', async (kind) => {
    expect(new Set(await copiesAfter(kind, 1))).toEqual(new Set([1]));
  });

  it.each(['kinesis.answerLost', 'kinesis.shortAnswer', 'kinesis.serverError'] as const)(
    'copies after %s: the entries were stored, and nobody could know',
    async (kind) => {
      expect(Math.max(...(await copiesAfter(kind, 1)))).toBeGreaterThan(1);
    },
  );

  it('none after a session was revoked: a new one is had, and nothing of the refused request is stored', async () => {
    expect(new Set(await copiesAfter('kinesis.tokenExpired', 0.5))).toEqual(new Set([1]));
  });
});
