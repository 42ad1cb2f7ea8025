import { describe, expect, it } from 'vitest';
import { type Check, checkAll, type Targets } from '../../../../local/orders/checks.ts';
import { orderStream } from '../../../../local/orders/order-stream.ts';
import type { ProducedRecord } from '../../../../local/orders/producer.ts';
import type { StreamRecord } from '../../../../local/orders/stream-reader.ts';
import type { DeadLetter } from '../../../../shared/dead-letter/dead-letter.ts';

const orders = orderStream({ seed: 7, valueBytes: 600 });
const produced: readonly ProducedRecord[] = Array.from({ length: 300 }, (_, offset) => ({
  ...orders.next().value,
  partition: 0,
  offset,
  timestampMs: 0,
}));

const entryOf = ({ key, value }: ProducedRecord): StreamRecord => ({
  shardId: 'shardId-000000000000',
  partitionKey: key ?? `random-${value?.length}`,
  data: Buffer.from(value ?? ''),
  sequenceNumber: '',
});

const deadLetterOf = ({ value, partition, offset, key }: ProducedRecord, name: string): DeadLetter => ({
  version: 1,
  function: name,
  topic: 'orders',
  partition,
  offset,
  timestamp: 0,
  keyBase64: key === null ? null : Buffer.from(key).toString('base64'),
  valueBase64: value === null ? null : Buffer.from(value).toString('base64'),
  headers: [],
  stage: 'converting',
  code: 'payload_invalid',
  reason: 'not a document',
  target: 'shop.orders',
  attempts: 0,
  at: '2026-11-22T00:00:00.000Z',
});

/** A world in which everything went as it should. */
function rightWorld() {
  const documents = new Map<string, object>();
  for (const { key, value, poison } of produced) {
    if (key === null || poison === 'notJson') continue;
    if (value === null) documents.delete(key);
    else documents.set(key, { _id: key, ...JSON.parse(value) });
  }
  return {
    stream: produced.filter(({ poison }) => poison !== 'oversized').map(entryOf),
    documents,
    deadLetters: produced.flatMap((record) => {
      if (record.poison === undefined) return [];
      return [deadLetterOf(record, record.poison === 'oversized' ? 'kinesisSink' : 'documentdbSink')];
    }),
    givenUp: [] as string[],
  };
}

type Run = ReturnType<typeof rightWorld>;

function checksOf(change: (run: Run) => void = () => undefined): readonly Check[] {
  const run = rightWorld();
  change(run);
  return checkAll(produced, run satisfies Targets);
}

const failures = (checks: readonly Check[]) => checks.filter(({ passed }) => !passed);
const failuresAfter = (change: (run: Run) => void) => failures(checksOf(change));
const failed = (name: string, detail: string) => [
  expect.objectContaining({ name: expect.stringContaining(name), detail: expect.stringContaining(detail) }),
];

/** A key with several records that are good for both targets, none of them the key's last. */
const changing = [...Map.groupBy(produced, ({ key }) => key)]
  .flatMap(([key, records]) => (key !== null && records.length >= 3 ? [{ key, records }] : []))
  .find(({ records }) => records.at(-1)?.value !== null);
if (changing === undefined) throw new Error('the stream of this seed changes no order twice');
const deletedKey = produced.findLast(({ value }) => value === null)?.key ?? '';
const indexesOf = (run: Run, key: string) =>
  run.stream.flatMap(({ partitionKey }, index) => (partitionKey === key ? [index] : []));

function swap(run: Run, first = 0, second = 0): void {
  const [a, b] = [run.stream[first], run.stream[second]];
  if (a === undefined || b === undefined) throw new Error('nothing to swap');
  run.stream[first] = b;
  run.stream[second] = a;
}

describe('the checks', () => {
  it('pass after a correct run, each with its figures', () => {
    const checks = checksOf();
    expect(failures(checks)).toEqual([]);
    expect(checks).toHaveLength(6);
    expect(checks.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^298 records with \d+ keys, 0 duplicates$/),
      '1 records',
      expect.stringMatching(/^\d+ documents, \d+ deleted$/),
      '1 dead letters',
      '2 dead letters',
      'no failure records',
    ]);
  });
});

describe('the order of Kinesis', () => {
  it('allows repetitions of what came before, at any later time', () => {
    const checks = checksOf(({ stream }) => stream.push(...stream.slice(0, 100)));
    expect(failures(checks)).toEqual([]);
    expect(checks[0]?.detail).toMatch(/[1-9]\d* duplicates/);
  });

  it('allows different keys to overtake each other', () => {
    expect(
      failuresAfter((run) => {
        run.stream.sort((a, b) => a.partitionKey.localeCompare(b.partitionKey));
      }),
    ).toEqual([]);
  });

  it('fails for a missing record, and says of which key', () => {
    const [, second = 0] = indexesOf(rightWorld(), changing.key);
    expect(failuresAfter(({ stream }) => stream.splice(second, 1))).toEqual(failed('in order', changing.key));
  });

  it('fails for a missing last record of a key', () => {
    const last = indexesOf(rightWorld(), changing.key).at(-1) ?? 0;
    expect(failuresAfter(({ stream }) => stream.splice(last, 1))).toEqual(
      failed('in order', `1 of ${changing.records.length} records are missing`),
    );
  });

  it('fails for a swapped pair of one key', () => {
    const [first, second] = indexesOf(rightWorld(), changing.key);
    expect(failuresAfter((run) => swap(run, first, second))).toEqual(failed('in order', 'out of order'));
  });

  it('fails for a record of a key that nobody produced', () => {
    expect(
      failuresAfter(({ stream }) => {
        stream.push({ shardId: '', partitionKey: changing.key, data: Buffer.from('{}'), sequenceNumber: '' });
      }),
    ).toEqual(failed('in order', changing.key));
  });

  it('fails for a deletion that is missing', () => {
    const last = indexesOf(rightWorld(), deletedKey).at(-1) ?? 0;
    expect(failuresAfter(({ stream }) => stream.splice(last, 1))).toEqual(failed('in order', deletedKey));
  });
});

describe('the records of Kinesis without a key', () => {
  it('fail when one is missing', () => {
    const keyless = rightWorld().stream.findIndex(({ partitionKey }) => partitionKey.startsWith('random-'));
    expect(failuresAfter(({ stream }) => stream.splice(keyless, 1))).toEqual(
      failed('without a key', 'misses a record'),
    );
  });

  it('fail for a record that nobody produced', () => {
    expect(
      failuresAfter(({ stream }) => {
        stream.push({ shardId: '', partitionKey: 'other', data: Buffer.from('{}'), sequenceNumber: '' });
      }),
    ).toEqual(failed('without a key', 'unexpected record'));
  });

  it('fail for a record that became a dead letter, and is in the stream all the same', () => {
    const oversized = produced.filter(({ poison }) => poison === 'oversized').map(entryOf);
    expect(failuresAfter(({ stream }) => stream.push(...oversized))).toEqual(
      failed('without a key', 'unexpected record'),
    );
  });
});

describe('the documents', () => {
  it('fail for an old version', () => {
    const old = changing.records[0];
    expect(
      failuresAfter(({ documents }) => {
        documents.set(changing.key, { _id: changing.key, ...JSON.parse(old?.value ?? '{}') });
      }),
    ).toEqual(failed('newest version', `${changing.key}: the document is not the newest version`));
  });

  it('fail for a field more than was produced', () => {
    expect(
      failuresAfter(({ documents }) => {
        documents.set(changing.key, { ...documents.get(changing.key), more: 1 });
      }),
    ).toEqual(failed('newest version', changing.key));
  });

  it('fail for one that should be deleted', () => {
    expect(failuresAfter(({ documents }) => documents.set(deletedKey, { _id: deletedKey }))).toEqual(
      failed('newest version', `${deletedKey}: the document should not exist`),
    );
  });

  it('fail for one that is missing', () => {
    expect(failuresAfter(({ documents }) => documents.delete(changing.key))).toEqual(
      failed('newest version', `${changing.key}: the document is missing`),
    );
  });
});

describe.each([
  ['kinesisSink', 'oversized'],
  ['documentdbSink', 'notJson'],
])('the dead letters of %s', (name, poison) => {
  const place = produced.find((record) => record.poison === poison)?.offset;
  const own = ({ deadLetters }: Run) => deadLetters.findIndex(({ offset }) => offset === place);

  it('fail for one that is missing', () => {
    expect(failuresAfter((run) => run.deadLetters.splice(own(run), 1))).toEqual(
      failed(name, `0@${place}: the dead letter is missing`),
    );
  });

  it('fail for one of a good record', () => {
    const good = produced[0];
    if (good === undefined) throw new Error('no records');
    expect(failuresAfter(({ deadLetters }) => deadLetters.push(deadLetterOf(good, name)))).toEqual(
      failed(name, '0@0: a dead letter for a valid record ('),
    );
  });

  it('fail for one that holds another value', () => {
    expect(
      failuresAfter(({ deadLetters }) => {
        const index = deadLetters.findIndex(({ offset }) => offset === place);
        const deadLetter = deadLetters[index];
        if (deadLetter !== undefined) deadLetters[index] = { ...deadLetter, valueBase64: 'e30=' };
      }),
    ).toEqual(failed(name, 'another value'));
  });
});

describe('records that are not due', () => {
  const later =
    (from: number) =>
    (_name: string, { offset }: ProducedRecord) =>
      offset < from;
  const checkedUpTo = (from: number, change: (run: Run) => void) => {
    const run = rightWorld();
    change(run);
    return failures(checkAll(produced, run, undefined, later(from)));
  };
  const [first, second] = changing.records.slice(-2);
  const versionOf = (record: ProducedRecord | undefined) => ({
    _id: changing.key,
    ...JSON.parse(record?.value ?? '{}'),
  });

  it('may be missing everywhere', () => {
    expect(
      checkedUpTo(0, (run) => {
        run.stream.length = 0;
        run.documents.clear();
        run.deadLetters.length = 0;
      }),
    ).toEqual([]);
  });

  it('may have arrived', () => {
    expect(checkedUpTo(0, () => undefined)).toEqual([]);
  });

  it('may be missing in the stream behind those that are due, and no others may', () => {
    const last = indexesOf(rightWorld(), changing.key).at(-1) ?? 0;
    const withoutLast = ({ stream }: Run) => stream.splice(last, 1);
    expect(checkedUpTo(second?.offset ?? 0, withoutLast)).toEqual([]);
    expect(checkedUpTo((second?.offset ?? 0) + 1, withoutLast)).toEqual(failed('in order', changing.key));
  });

  it('leave the document at the last due version, and at no older one', () => {
    const asBefore = ({ documents }: Run) => documents.set(changing.key, versionOf(first));
    expect(checkedUpTo(second?.offset ?? 0, asBefore)).toEqual([]);
    expect(checkedUpTo((second?.offset ?? 0) + 1, asBefore)).toEqual(failed('newest version', changing.key));
  });

  it('may have no dead letter', () => {
    const place = produced.find(({ poison }) => poison === 'notJson')?.offset ?? 0;
    const without = ({ deadLetters }: Run) =>
      deadLetters.splice(
        deadLetters.findIndex(({ offset }) => offset === place),
        1,
      );
    expect(checkedUpTo(place, without)).toEqual([]);
    expect(checkedUpTo(place + 1, without)).toEqual(failed('documentdbSink', 'the dead letter is missing'));
  });
});

describe('a record that a rule of the collection may refuse', () => {
  const refused: ProducedRecord = {
    ...{ key: 'order-refused', value: '{"review":"refused"}', poison: 'refused' as const },
    ...{ partition: 0, offset: produced.length, timestampMs: 0 },
  };
  const failuresWith = (change: (run: Run) => void) => {
    const run = rightWorld();
    run.stream.push(entryOf(refused));
    change(run);
    return failures(checkAll([...produced, refused], run));
  };

  it.each([
    ['a document', ({ documents }: Run) => documents.set('order-refused', { _id: 'order-refused', review: 'refused' })],
    ['a dead letter', ({ deadLetters }: Run) => deadLetters.push(deadLetterOf(refused, 'documentdbSink'))],
  ])('may become %s', (_what, change) => {
    expect(failuresWith(change)).toEqual([]);
  });

  it('is lost when it is neither', () => {
    expect(failuresWith(() => undefined)).toEqual(failed('newest version', 'neither a document nor a dead letter'));
  });
});

describe('documents that cannot be read', () => {
  it('are not checked, and everything else is', () => {
    const checks = checkAll(produced, { ...rightWorld(), documents: undefined });
    expect(failures(checks)).toEqual([]);
    expect(checks.map(({ name }) => name).filter((name) => name.startsWith('DocumentDB'))).toEqual([]);
    expect(checks).toHaveLength(5);
  });
});

describe('the report of violations', () => {
  it('fail for anything that the mappings gave up', () => {
    expect(failuresAfter(({ givenUp }) => givenUp.push('aws/lambda/x.json'))).toEqual(
      failed('exhausted its retries', 'aws/lambda/x.json is in the bucket'),
    );
  });

  it('shows three violations, and the number of further ones', () => {
    const [check] = failuresAfter(({ documents }) => documents.clear());
    expect(check?.detail).toMatch(
      /^(order-[^;]+: the document is missing; ){2}order-\S+: the document is missing \.\. and \d+ more$/,
    );
  });
});
