import { describe, expect, it } from 'vitest';
import { plan } from '../../../../../functions/documentdb-sink/guard/plan.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { aRecord } from '../../../../support/builders.ts';
import { deleteOf, insertOf, planned, replaceOf, updateOf } from '../../../../support/write-models.ts';

const SETTINGS = { deletes: 'tombstone', epochs: new Map() } as const;
const K = { _id: 'k' };

function planOf(models: readonly WriteModel[], version?: number) {
  const { mapper, record } = planned();
  return plan(record({ offset: 5 }, models, version), mapper, SETTINGS, 0);
}

describe('a record', () => {
  it('is planned as its writes of one document, numbered, with one version', () => {
    const steps = [{ step: 0 }, { step: 1 }, { step: 2 }].map((step) => ({
      ...step,
      sourceVersion: { offset: 5n, version: 7 },
    }));
    expect(planOf([insertOf(K), updateOf(K, { $set: { a: 1 } }), deleteOf(K)], 7)).toMatchObject({
      kind: 'writes',
      namespace: { database: 'shop', collection: 'orders' },
      writes: steps,
    });
    expect(planOf([replaceOf(K, K)])).toMatchObject({ kind: 'writes', writes: [{ kind: 'replace', step: 0 }] });
  });

  it('that writes to two documents is poison of the first', () => {
    const [first, both] = [planOf([replaceOf(K, K)]), planOf([replaceOf(K, K), deleteOf({ _id: 'other' })])];
    expect(both).toMatchObject({ kind: 'poison', failure: { code: 'payload_invalid' } });
    expect(both).toHaveProperty('identity', 'identity' in first ? first.identity : '');
  });

  it('that waits for something from outside stays unsettled, for the reason of the plan', () => {
    const failure = { code: 'schema_unavailable', retryable: true, mayBeWritten: false, detail: 'no answer' } as const;
    const asked = { kind: 'unsettled', failure } as const;
    expect(plan(aRecord(), () => asked, SETTINGS, 0)).toEqual(asked);
  });

  it('for which a guard throws an error of another kind is a fault of the sink, and is not quoted', () => {
    const broken = new Map<string, unknown>([['_id', 'k']]);
    broken.entries = () => {
      throw new TypeError('SECRET');
    };
    broken[Symbol.iterator] = broken.entries;
    const result = planOf([{ kind: 'replaceOne', filter: new Map([['_id', 'k']]), replacement: broken, upsert: true }]);
    expect(result).toMatchObject({ kind: 'poison', failure: { code: 'planning_failed' } });
    expect(JSON.stringify(result)).not.toContain('SECRET');
  });
});
