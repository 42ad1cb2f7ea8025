import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../shared/errors.ts';
import {
  deadLettered,
  failed,
  ignored,
  isSettled,
  poison,
  type RecordOutcome,
  skipped,
  written,
} from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { settle, toBatchResponse } from '../../../shared/settle.ts';
import { aRecord, batchesOf } from '../../support/builders.ts';

const outcomeOf = (record: SourceRecord, die: number): RecordOutcome => {
  const { position } = record;
  const kinds = [
    written(position),
    ignored(position, 'stale'),
    deadLettered(position, 'payload_invalid'),
    failed(position, { code: 'throttled', retryable: true, mayBeWritten: false, detail: 'throttled' }),
    skipped(position, 'deadline'),
  ];
  return kinds[die % kinds.length] as RecordOutcome;
};

const batchesWithOutcomes = fc
  .array(fc.tuple(fc.nat(3), fc.nat(4)), { maxLength: 60 })
  .map((rolls) => rolls.map(([partition, die], offset) => ({ record: aRecord({ partition, offset }), die })))
  .map((rolled) => {
    const batches = batchesOf(rolled.map(({ record }) => record));
    const dieOf = new Map(rolled.map(({ record, die }) => [record, die]));
    const outcomes = batches.flatMap(({ records }) =>
      records.map((record) => outcomeOf(record, dieOf.get(record) ?? 0)),
    );
    return { batches, outcomes };
  });

const nameOf = (position: { readonly topicPartition: string; readonly offset: number }) =>
  `${position.topicPartition}@${position.offset}`;

describe('the response', () => {
  it('names every record that is not settled, and no other, and none twice', () => {
    fc.assert(
      fc.property(batchesWithOutcomes, ({ batches, outcomes }) => {
        const names = toBatchResponse(settle(batches, outcomes)).batchItemFailures.map(({ itemIdentifier }) =>
          nameOf({ topicPartition: itemIdentifier.partition, offset: itemIdentifier.offset }),
        );
        const unsettled = outcomes.filter((outcome) => !isSettled(outcome)).map(({ position }) => nameOf(position));
        expect(names.toSorted()).toEqual(unsettled.toSorted());
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('says of one partition the same whatever happened to the others', () => {
    fc.assert(
      fc.property(batchesWithOutcomes, ({ batches, outcomes }) => {
        const together = toBatchResponse(settle(batches, outcomes)).batchItemFailures;
        const apart = batches.flatMap((batch) => {
          const own = outcomes.filter(({ position }) => position.topicPartition === batch.topicPartition);
          return toBatchResponse(settle([batch], own)).batchItemFailures;
        });
        expect(together).toEqual(apart);
      }),
    );
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
  it('has the wire shape of Kafka: an object with the key of event.records and a numeric offset', () => {
    const record = aRecord({ topic: 'web-orders', partition: 3, offset: 16 });
    const response = toBatchResponse(settle(batchesOf([record]), [skipped(record.position, 'deadline')]));
    expect(JSON.stringify(response)).toBe(
      '{"batchItemFailures":[{"itemIdentifier":{"partition":"web-orders-3","offset":16}}]}',
    );
  });

  it('is an empty list when everything is settled', () => {
    const record = aRecord();
    expect(toBatchResponse(settle(batchesOf([record]), [written(record.position)]))).toEqual({ batchItemFailures: [] });
  });
});

describe('a settlement', () => {
  it('counts outcomes by kind and failures by code', () => {
    const records = Array.from({ length: 6 }, (_, offset) => aRecord({ offset }));
    const outcomes = records.map((record, index) => outcomeOf(record, index));
    expect(settle(batchesOf(records), outcomes)).toEqual([
      {
        topicPartition: 'orders-0',
        counts: { written: 2, ignored: 1, deadLettered: 1, failed: 1, skipped: 1 },
        unsettledOffsets: [3, 4],
        failureCodes: { throttled: 1 },
      },
    ]);
  });

  it('goes by what a position says, not by whose object it is', () => {
    const record = aRecord({ offset: 7 });
    const [settlement] = settle(batchesOf([record]), [written({ ...record.position })]);
    expect(settlement).toMatchObject({ unsettledOffsets: [], counts: { written: 1 } });
  });

  it('knows poison for what no retry mends and no target holds', () => {
    expect(poison('payload_invalid', 'not JSON')).toMatchObject({ retryable: false, mayBeWritten: false });
  });

  it.each([
    ['written', true],
    ['ignored', true],
    ['deadLettered', true],
    ['failed', false],
    ['skipped', false],
  ])('commits the offset of a record that is %s: %s', (kind, isCommitted) => {
    const outcomes = Array.from({ length: 5 }, (_, die) => outcomeOf(aRecord(), die));
    expect(outcomes.filter((outcome) => outcome.kind === kind).map(isSettled)).toEqual([isCommitted]);
  });

  it('calls poison that could not be put aside unsettled', () => {
    const { position } = aRecord();
    expect(isSettled(failed(position, poison('payload_invalid', 'not JSON')))).toBe(false);
  });
});

describe('outcomes that do not fit the records throw, so that the batch is repeated', () => {
  const records = [aRecord({ offset: 0 }), aRecord({ offset: 1 })];
  const outcomes = records.map(({ position }) => written(position));
  it.each([
    { name: 'one too few', given: outcomes.slice(1) },
    { name: 'one too many', given: [...outcomes, ...outcomes.slice(1)] },
    { name: 'in another order', given: outcomes.toReversed() },
    { name: 'about another partition', given: [written(aRecord({ partition: 1 }).position), ...outcomes.slice(1)] },
  ])('$name', ({ given }) => {
    expect(() => settle(batchesOf(records), given)).toThrow(InvariantError);
  });
});
