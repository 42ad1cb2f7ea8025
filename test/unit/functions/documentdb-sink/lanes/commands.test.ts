import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../../../../functions/documentdb-sink/lanes/commands.ts';
import { Lane, type Step } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import { lanesOf, layLanes } from '../../../../../functions/documentdb-sink/lanes/lay-lanes.ts';
import { createNativeMapper } from '../../../../../functions/documentdb-sink/plan/native-mapper.ts';
import type { SourceRecord } from '../../../../../shared/record.ts';
import { nextStep, slowDown } from '../../../../support/a-lane.ts';
import { aRecord, batchesOf } from '../../../../support/builders.ts';
import { updateOf, writeOf } from '../../../../support/write-models.ts';

interface StepParts {
  readonly records: readonly SourceRecord[];
  readonly commandSizeMax?: number;
}

function aStep({ records, commandSizeMax = Number.POSITIVE_INFINITY }: StepParts): Step {
  // Of one document.
  const own = records.map((record) => ({ ...record, key: records[0]?.key ?? null }));
  const settings = { deletes: 'hard', epochs: new Map() } as const;
  const [lane] = lanesOf(layLanes(batchesOf(own), createNativeMapper({ database: 'shop' }), settings, 0));
  if (lane === undefined) throw new Error('no lane');
  if (commandSizeMax !== Number.POSITIVE_INFINITY) slowDown(lane, 2 * commandSizeMax);
  return nextStep(lane);
}

const limits = { documentBytesMax: 10_000, operationsMax: 100 };
/** A value of so many bytes; in BSON they are about as many. */
const jsonOf = (bytes: number) => JSON.stringify({ x: 'x'.repeat(bytes - 8) });
const steps = (count: number, parts: object = {}) =>
  Array.from({ length: count }, (_, offset) => aStep({ records: [aRecord({ offset, ...parts })] }));
const sizes = (all: readonly Step[], limitsOf: Partial<typeof limits> = {}) =>
  commandsOf(all, { ...limits, ...limitsOf }).commands.map(({ steps }) => steps.length);

describe('a command', () => {
  it.each([
    { name: 'as many operations as the server takes, exactly', all: steps(8), operationsMax: 4, expected: [4, 4] },
    { name: 'one operation more in another', all: steps(9), operationsMax: 4, expected: [4, 4, 1] },
    {
      name: 'documents that are measured when they may be large',
      all: steps(3, { value: jsonOf(2_000) }),
      expected: [3],
    },
    { name: 'documents up to the limit in bytes', all: steps(4, { value: jsonOf(3_000) }), expected: [2, 2] },
    {
      name: 'long keys, each once in the filter and once in the document',
      all: [...'abcde'].map((letter) => aStep({ records: [aRecord({ key: letter.repeat(1_500) })] })),
      expected: [2, 2, 1],
    },
  ])('holds $name', ({ all, operationsMax = 100, expected }) => {
    expect(sizes(all, { operationsMax })).toEqual(expected);
  });

  it('holds one write of a document, although two partitions write the document', () => {
    const ofPartition = (partition: number) => aStep({ records: [aRecord({ partition, key: 'same' })] });
    expect(sizes([ofPartition(0), ...steps(2), ofPartition(1)])).toEqual([3, 1]);
    const ofKey = (partition: number, key: string) => aStep({ records: [aRecord({ partition, key })] });
    expect(sizes([ofKey(0, 'a'), ofKey(0, 'b'), ofKey(1, 'a'), ofKey(1, 'b')])).toEqual([2, 2]);
  });

  it('holds no write that wants less company, wherever that stands', () => {
    const [one, two, three, four] = steps(4) as [Step, Step, Step, Step];
    const alone = aStep({ records: [aRecord({ offset: 9 })], commandSizeMax: 1 });
    const inPair = (offset = 8) => aStep({ records: [aRecord({ offset })], commandSizeMax: 2 });
    expect(sizes([one, two, alone, three, four])).toEqual([2, 1, 2]);
    expect(sizes([one, two, inPair(), three, four])).toEqual([2, 2, 1]);
    expect(sizes([inPair(5), inPair(6), inPair(7)])).toEqual([2, 1]);
  });

  it('holds writes of one kind, the deletes first', () => {
    const [one, two] = steps(2) as [Step, Step];
    const deletion = aStep({ records: [aRecord({ value: null })] });
    expect(commandsOf([one, deletion, two], limits).commands).toEqual([
      { kind: 'delete', steps: [deletion] },
      { kind: 'update', steps: [one, two] },
    ]);
  });
});

describe('a document', () => {
  it('is too large above the limit, and not at it', () => {
    const record = aRecord({ key: 'k', value: jsonOf(9_000) });
    const at = (documentBytesMax: number) =>
      commandsOf([aStep({ records: [record] })], { ...limits, documentBytesMax }).tooLarge.length;
    const bytes = Array.from({ length: 300 }, (_, more) => 9_000 + more).find((limit) => at(limit) === 0);
    // {_id: "k", x: <8,992 bytes>, _k: {"orders-0": 0n, ts: 1n}}
    expect(bytes).toBe(5 + (5 + 6) + (3 + 4 + 8_992 + 1) + (4 + 5 + 18 + 12));
  });

  it('of a fold is the last one, whatever the size of those before it', () => {
    const [small, large] = [jsonOf(100), jsonOf(20_000)];
    const ofValues = (...values: string[]) =>
      aStep({ records: values.map((value, offset) => aRecord({ offset, value })) });
    expect(commandsOf([ofValues(small, large)], limits).tooLarge).toHaveLength(1);
    expect(commandsOf([ofValues(large, small)], limits).tooLarge).toEqual([]);
  });

  it('of short JSON that is long in BSON is measured: an array takes up to eight bytes for one', () => {
    const record = aRecord({ value: `{"a":[${Array(1_500).fill('1').join()}]}` });
    expect(commandsOf([aStep({ records: [record] })], limits).tooLarge).toHaveLength(1);
  });
});

describe('an update', () => {
  const records = [0, 1].map((offset) => aRecord({ offset, value: jsonOf(3_000) }));
  const stepOfUpdates = (bytes: readonly number[]): Step => {
    const lane = new Lane({ topicPartition: 'orders-0', identity: 'any', target: 'shop.orders' });
    for (const [index, length] of bytes.entries()) {
      const update = updateOf({ _id: 'k' }, { $set: { [`f${index}`]: 'x'.repeat(length) } });
      const record = records[index] as SourceRecord;
      lane.enter({
        index,
        record,
        task: { kind: 'write', write: writeOf(update, { offset: index }) },
        isLast: true,
      });
    }
    return nextStep(lane);
  };

  it('is measured as a document is, and so is a fold of several', () => {
    expect(commandsOf([stepOfUpdates([9_000])], limits).tooLarge).toEqual([]);
    expect(commandsOf([stepOfUpdates([11_000])], limits).tooLarge).toHaveLength(1);
    const folded = stepOfUpdates([6_000, 6_000]);
    expect(folded.count).toBe(2);
    expect(commandsOf([folded], limits).tooLarge).toHaveLength(1);
    const large = { ...limits, documentBytesMax: 28_000 };
    expect(commandsOf([stepOfUpdates([15_000, 15_000])], large).tooLarge).toHaveLength(1);
  });

  it('counts for all the records in it', () => {
    const small = { ...limits, documentBytesMax: 30_000 };
    const folded = stepOfUpdates([10_000, 10_000]);
    const alone = stepOfUpdates([10_000]);
    expect(commandsOf([folded, alone], small).commands.map(({ steps }) => steps.length)).toEqual([1, 1]);
  });
});
