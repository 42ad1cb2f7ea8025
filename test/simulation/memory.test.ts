import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { SinkName } from '../../infra/sinks.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { memoryViolations } from './invariants/memory.ts';
import { generateStory } from './scenario/generate/generate.ts';
import type { Scenario, ScenarioRecord } from './scenario/scenario.ts';
import { EPOCH_MS } from './scenario/timeline.ts';
import { withContainers } from './services/containers.ts';
import { SECRET } from './services/kafka-log.ts';
import type { Invocation } from './services/lambda.ts';
import { createWorld } from './services/simulated-world.ts';
import type { Target } from './services/target.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const DAY_MS = 24 * 60 * 60_000;
const BATCH_MAX = 3;
const RECORD_COUNT = 600;

/** Faults of the target by the dozen, and none of Lambda's, which begin another environment. */
function aLongStory(sink: SinkName): Scenario {
  const story = generateStory({ seed: 40, generator: 1, sink });
  const records = Array.from({ length: RECORD_COUNT }, (_, index): ScenarioRecord => {
    const kind = index % 10 === 0 ? 'refused' : 'plain';
    return { id: index + 1, atMs: index * 60, key: `${SECRET}-${index % 30}`, kind, topic: index % 3 };
  });
  const kinds =
    sink === 'kinesisSink'
      ? (['kinesis.entryThrottled', 'kinesis.requestLost', 'kinesis.serverError', 'bucket.slow'] as const)
      : (['documentdb.requestLost', 'documentdb.statementFailed', 'documentdb.insertedFirst', 'bucket.slow'] as const);
  return {
    ...story,
    mapping: {
      ...story.mapping,
      mode: 'provisioned',
      pollers: 1,
      batchRecordsMax: BATCH_MAX,
      windowMs: 0,
      retriesMax: 10_000,
      recordAgeMaxMs: Number.POSITIVE_INFINITY,
      bisects: false,
    },
    function: { ...story.function, onPoison: 'deadLetter' },
    topicCount: 3,
    faults: kinds.map((kind) => ({ kind, fromMs: 0, untilMs: 600_000, chance: 0.2 })),
    records,
  };
}

/** Lives the story through. @returns references to all records that its environments were sent */
async function sentIn(scenario: Scenario) {
  const world = createWorld(scenario, () => undefined);
  const { lambda, target, timeline } = world;
  const sent: WeakRef<SourceRecord>[] = [];
  const createFunction = target.createFunction.bind(target);
  target.createFunction = (...given) => {
    const parts = createFunction(...given);
    const write: typeof parts.sink.write = (batches, ...rest) => {
      for (const { records } of batches) for (const record of records) sent.push(new WeakRef(record));
      return parts.sink.write(batches, ...rest);
    };
    return { ...parts, sink: { ...parts.sink, write } };
  };
  await timeline.runUntil(world.isDone, EPOCH_MS + DAY_MS);
  await timeline.runUntil(() => false, timeline.nowMs() + 600_000);
  return { world, sent, environments: new Set(lambda.invocations.map(({ environment }) => environment)) };
}

describe('after hundreds of invocations', () => {
  it.each(['kinesisSink', 'documentdbSink'] as const)('%s holds the records of its last ones alone', async (sink) => {
    const { world, sent, environments } = await sentIn(aLongStory(sink));
    const { lambda, violations } = world;
    expect(violations).toEqual([]);
    expect(lambda.invocations.length).toBeGreaterThan(200);
    expect(environments.size).toBeLessThan(20);
    collectGarbage();
    const heldCount = sent.filter((record) => record.deref() !== undefined).length;
    expect(sent.length).toBeGreaterThanOrEqual(RECORD_COUNT);
    expect(heldCount).toBeLessThanOrEqual(environments.size * BATCH_MAX);
  });
});

describe('the containers of what is made', () => {
  it('are counted for as long as they are filled, and those that are made later are not', () => {
    class Keeper {
      readonly facts = new Map<string, Set<string>>();
      readonly names = new Set<string>();
    }
    const { made, entryCount } = withContainers(() => new Keeper());
    made.facts.set('a', new Set(['x', 'y', 'z']));
    made.names.add('a').add('b');
    expect(entryCount()).toBe(3);
    made.names.clear();
    expect(entryCount()).toBe(1);
    expect([made.facts instanceof Map, made.names instanceof Set]).toEqual([true, true]);
    expect(Object.getOwnPropertyNames(globalThis)).toContain('Map');
    expect(new Map([['a', 1]]).constructor).toBe(Map);
  });

  it('are no longer watched after an error', () => {
    const own = [Map, Set];
    const failing = () =>
      withContainers(() => {
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect([Map, Set]).toEqual(own);
  });
});

describe('an environment that keeps more than it needs', () => {
  const target = { entriesMax: () => 4 } as unknown as Target;
  const anInvocation = (entryCount: number, kind: 'answered' | 'timedOut') =>
    ({ id: 1, environment: 'environment 1', entryCount, end: { kind, atMs: 0 } }) as Invocation;

  it('is at fault once it has answered', () => {
    expect(memoryViolations(anInvocation(4, 'answered'), target)).toEqual([]);
    expect(memoryViolations(anInvocation(5, 'timedOut'), target)).toEqual([]);
    expect(memoryViolations(anInvocation(5, 'answered'), target)).toEqual([
      { guarantee: 'G5', message: 'environment 1 keeps 5 entries after invocation 1, and needs 4' },
    ]);
  });
});
