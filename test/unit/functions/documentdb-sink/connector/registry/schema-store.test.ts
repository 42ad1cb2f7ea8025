import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { UnsupportedSchemaError } from '../../../../../../functions/documentdb-sink/connector/registry/errors.ts';
import {
  outage,
  type SchemaAnswer,
} from '../../../../../../functions/documentdb-sink/connector/registry/schema-source.ts';
import { SchemaStore } from '../../../../../../functions/documentdb-sink/connector/registry/schema-store.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { VirtualClock } from '../../../../../support/virtual-clock.ts';

const signal = new AbortController().signal;
const found = (text = 'S'): SchemaAnswer => ({ kind: 'found', schema: { type: 'AVRO', text, references: new Map() } });
const OUTAGE = outage('the registry is away');

interface StoreOptions {
  readonly compile?: (text: string) => string;
  /** How long the registry takes for each answer. */
  readonly answerMs?: (id: string) => number;
}

/** A store in front of a source that answers by id and by how often it was asked for it. */
function aStore(
  answers: (id: string, count: number) => SchemaAnswer,
  { compile = (text) => text, answerMs = () => 0 }: StoreOptions = {},
) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  let [open, openMax] = [0, 0];
  const store = new SchemaStore({
    source: {
      async fetch(id, aborted) {
        asked.push(id);
        const count = asked.filter((each) => each === id).length;
        open += 1;
        openMax = Math.max(openMax, open);
        await clock.waitUntil(clock.nowMs() + answerMs(id), aborted).catch(() => undefined);
        open -= 1;
        return aborted.aborted ? OUTAGE : answers(id, count);
      },
    },
    compile: ({ text }) => {
      const made = compile(text);
      return () => ({ schema: undefined, value: made });
    },
  });
  const startMs = clock.nowMs();
  return {
    store,
    asked,
    clock,
    prepare: (...ids: string[]) => clock.run(store.prepare(ids, clock, signal)),
    kinds: (...ids: string[]) => ids.map((id) => store.get(id).kind),
    elapsedMs: () => clock.nowMs() - startMs,
    openMax: () => openMax,
  };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));

describe('a schema', () => {
  it('is asked for once, and nobody waits', async () => {
    const { prepare, asked, kinds, elapsedMs } = aStore(() => found());
    await prepare('1', '2', '1');
    await prepare('2');
    expect(asked).toEqual(['1', '2']);
    expect(kinds('1', '2')).toEqual(['readable', 'readable']);
    expect(elapsedMs()).toBe(0);
  });

  it('that the registry does not know is asked for again a second later, before a record is to blame', async () => {
    const { prepare, asked, kinds, elapsedMs } = aStore(() => ({ kind: 'unknown' }));
    await prepare('1');
    expect({ asked, kinds: kinds('1'), elapsedMs: elapsedMs() }).toEqual({
      asked: ['1', '1'],
      kinds: ['unknown'],
      elapsedMs: 1_000,
    });
  });

  it('that the registry learns of in that second is read', async () => {
    const { prepare, kinds } = aStore((_id, count) => (count === 1 ? { kind: 'unknown' } : found()));
    await prepare('1');
    expect(kinds('1')).toEqual(['readable']);
  });

  it('that was unknown is asked for anew with the next batch', async () => {
    const { prepare, kinds } = aStore((_id, count) => (count <= 2 ? { kind: 'unknown' } : found()));
    await prepare('1');
    await prepare('1');
    expect(kinds('1')).toEqual(['readable']);
  });

  it('that was out of reach is asked for anew', async () => {
    const { prepare, kinds } = aStore((_id, count) => (count === 1 ? OUTAGE : found()));
    await prepare('1');
    expect(kinds('1')).toEqual(['unavailable']);
    await prepare('1');
    expect(kinds('1')).toEqual(['readable']);
  });

  it('that is unknown while the registry goes away is no record’s fault', async () => {
    const { prepare, kinds } = aStore((_id, count) => (count === 1 ? { kind: 'unknown' } : OUTAGE));
    await prepare('1');
    expect(kinds('1')).toEqual(['unavailable']);
  });

  it('nobody asked for is not unknown', () => {
    expect(aStore(() => found()).kinds('1')).toEqual(['unavailable']);
  });

  it.each([
    ['is wrong', new UnconvertibleError('the schema is wrong'), 'the schema is wrong'],
    ['has a default that does not fit', new UnwritableError('a value does not fit'), 'a value does not fit'],
    ['is nested too deep', new RangeError('Maximum call stack size exceeded'), 'its schema is nested too deep'],
    [
      'shows a fault of ours',
      new TypeError('SECRET'),
      'reading its schema failed (TypeError): this is a fault of the sink, please report it',
    ],
  ])('that %s is not asked for again', async (_what, error, detail) => {
    const { prepare, asked, store } = aStore(() => found(), {
      compile: () => {
        throw error;
      },
    });
    await prepare('1');
    await prepare('1');
    expect(store.get('1')).toEqual({ kind: 'unreadable', detail });
    expect(asked).toEqual(['1']);
  });
});

describe('schemas that the registry refuses', () => {
  it('hold no record of another schema, however many they are and wherever they stand', async () => {
    for (const first of [0, 1, 40]) {
      const isRefused = (id: string) => Number(id) >= first && Number(id) < first + 60;
      const { prepare, kinds } = aStore((id) => (isRefused(id) ? OUTAGE : found()), { answerMs: () => 20 });
      await prepare(...ids(100));
      expect(kinds(...ids(100))).toEqual(ids(100).map((id) => (isRefused(id) ? 'unavailable' : 'readable')));
    }
  });
});

describe('schemas that the registry is silent about', () => {
  const silent = (id: string) => Number(id) < 8;

  it('come last in the next attempt, before which others were not asked for', async () => {
    const { prepare, kinds } = aStore((id) => (silent(id) ? OUTAGE : found()), {
      answerMs: (id) => (silent(id) ? 3_000 : 20),
    });
    await prepare(...ids(20));
    expect(new Set(kinds(...ids(20)))).toEqual(new Set(['unavailable']));
    await prepare(...ids(20));
    expect(kinds(...ids(20))).toEqual(ids(20).map((id) => (silent(id) ? 'unavailable' : 'readable')));
  });

  it('hold no record of others while these get answers', async () => {
    const { prepare, kinds } = aStore((id) => (id === '0' ? OUTAGE : found()), {
      answerMs: (id) => (id === '0' ? 3_000 : 900),
    });
    await prepare(...ids(30));
    expect(kinds(...ids(30))).toEqual(ids(30).map((id) => (id === '0' ? 'unavailable' : 'readable')));
  });

  it('are not asked for once time is up', async () => {
    const { store, asked, clock, kinds } = aStore(() => found(), { answerMs: () => 500 });
    const abort = new AbortController();
    clock.at(clock.nowMs() + 700, () => abort.abort());
    await clock.run(store.prepare(ids(50), clock, abort.signal));
    expect(asked).toHaveLength(16);
    expect(kinds('7', '8', '49')).toEqual(['readable', 'unavailable', 'unavailable']);
  });
});

describe('a schema that the function does not follow', () => {
  it('makes no record poison: its records wait for another configuration', async () => {
    const { prepare, store } = aStore(() => found(), {
      compile: () => {
        throw new UnsupportedSchemaError('not read');
      },
    });
    await prepare('1');
    expect(store.get('1')).toMatchObject({
      kind: 'unavailable',
      failure: { code: 'misconfigured', detail: 'not read' },
    });
  });

  it('holds no record of another schema, wherever it stands among them', async () => {
    const { prepare, kinds } = aStore((id) => found(id), {
      compile: (text) => {
        if (text === '1') throw new UnsupportedSchemaError('not read');
        return text;
      },
    });
    await prepare('1', ...ids(20));
    expect(kinds('1', '0', '2', '19')).toEqual(['unavailable', 'readable', 'readable', 'readable']);
  });
});

describe('many schemas', () => {
  it('are asked for eight at a time', async () => {
    const { prepare, asked, openMax } = aStore(() => found());
    await prepare(...ids(50));
    expect({ asked: asked.length, openMax: openMax() }).toEqual({ asked: 50, openMax: 8 });
  });

  it('cost eight calls at once and one timeout while the registry is silent', async () => {
    const { prepare, asked, kinds, elapsedMs } = aStore(() => OUTAGE, { answerMs: () => 3_000 });
    await prepare(...ids(50));
    expect({ asked, elapsedMs: elapsedMs() }).toEqual({ asked: ids(8), elapsedMs: 3_000 });
    expect(new Set(kinds(...ids(50)))).toEqual(new Set(['unavailable']));
  });

  it('are asked for no longer than a second while each is refused', async () => {
    const { prepare, asked } = aStore(() => OUTAGE, { answerMs: () => 100 });
    await prepare(...ids(500));
    expect(asked).toHaveLength(80);
  });

  it('are kept up to a bound: those that were needed longest ago go', async () => {
    const { prepare, asked, kinds } = aStore(() => found());
    await prepare(...ids(1_000));
    await prepare('0', 'new');
    expect(kinds('0', '1', '2', 'new')).toEqual(['readable', 'unavailable', 'readable', 'readable']);
    await prepare('1');
    expect(asked.filter((id) => id === '1')).toHaveLength(2);
  });

  it('beyond the bound wait for the next round', async () => {
    const { prepare, kinds } = aStore(() => found());
    await prepare(...ids(1_001));
    expect(kinds('999', '1000')).toEqual(['readable', 'unavailable']);
  });
});
