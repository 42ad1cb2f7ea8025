import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../../shared/record.ts';
import { batchObject, letterObject } from '../../../support/a-dead-letter-bucket.ts';
import { version } from '../../../support/a-documentdb-sink.ts';
import { aRedrive, type RunOptions } from '../../../support/a-redrive.ts';
import { aRecord } from '../../../support/builders.ts';
import { randomRuns } from '../../../support/random-runs.ts';

const order = (offset: number, parts: Parameters<typeof aRecord>[0] = {}): SourceRecord =>
  aRecord({ offset, key: `key-${offset % 5}`, value: JSON.stringify({ v: offset }), ...parts });
const poison = (offset: number) => aRecord({ offset, key: 'poison', value: 'SECRET' });
const orders = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => order(from + index));
const kinesisLetters = (records: readonly SourceRecord[]) =>
  records.map((record) => letterObject('kinesisSink', record));
const documentLetters = (records: readonly SourceRecord[]) =>
  records.map((record) => letterObject('documentdbSink', record));

describe('a redrive', () => {
  it('settles dead letters and batches of both functions in offset order, and marks each', async () => {
    const objects = [
      ...kinesisLetters(orders(5, 10).toReversed()),
      batchObject('kinesisSink', orders(0, 5)),
      ...documentLetters(orders(0, 3)),
      batchObject('documentdbSink', orders(3, 8), { requestId: 'request-2' }),
    ];
    const world = aRedrive(objects);
    expect((await world.run('redrive')).exitCode).toBe(0);
    expect(world.streamed()).toEqual(orders(0, 10).map(({ position: { offset } }) => `orders-0@${offset}`));
    expect(version(world.sinks.documentdbSink.store, 'key-2')).toBe(7);
    expect(world.receipts().sort()).toEqual(objects.map(({ key }) => `redriven/${key}`).sort());
    for (const { key, body } of objects) expect(world.stored.get(key)?.body).toBe(body);
  });

  it('changes nothing when it runs again', async () => {
    const world = aRedrive([...kinesisLetters(orders(0, 3)), batchObject('documentdbSink', orders(0, 3))]);
    await world.run('redrive');
    const before = new Map(world.stored);
    expect(await world.run('redrive')).toEqual({
      exitCode: 0,
      text: 'msk-sinks-dev-111111111111-dead-letters: nothing to redrive\n',
    });
    expect(world.invocations).toHaveLength(2);
    expect(world.stored).toEqual(before);
  });

  it('leaves poison and superseded records, names them with the reason, and names them again the next time', async () => {
    const world = aRedrive([
      ...documentLetters([order(1), order(2), poison(3)]),
      batchObject('documentdbSink', [order(4), poison(5)]),
    ]);
    await world.sinks.documentdbSink.write([order(6)]); // the document of order 1
    for (const settled of ['2 of 5 records', '0 of 3 records']) {
      const { exitCode, text } = await world.run('redrive');
      expect(exitCode).toBe(1);
      expect(text).toContain(`documentdbSink: ${settled} settled, 1 superseded, 2 payload_invalid`);
      expect(text).toContain('left: orders-0@1 superseded: the target holds a newer version from the same partition');
      expect(text).toMatch(/left: orders-0@3 payload_invalid: \w+[\s\S]*left: orders-0@5 payload_invalid/);
      expect(text).not.toContain('SECRET');
    }
    expect(version(world.sinks.documentdbSink.store, 'key-1')).toBe(6);
  });

  it('sends of a batch only what is open', async () => {
    const world = aRedrive([batchObject('documentdbSink', [order(1), poison(2), order(3)])]);
    await world.run('redrive');
    await world.run('redrive');
    expect(world.invocations.map(({ places }) => places)).toEqual([
      ['orders-0@1', 'orders-0@2', 'orders-0@3'],
      ['orders-0@2'],
    ]);
  });

  it('sends a record once that several objects hold, and marks all of them', async () => {
    const world = aRedrive([
      ...kinesisLetters([order(1)]),
      batchObject('kinesisSink', [order(1), order(2)]),
      batchObject('kinesisSink', [order(2), order(3)], { requestId: 'request-2' }),
    ]);
    expect((await world.run('redrive')).exitCode).toBe(0);
    expect(world.streamed()).toEqual(['orders-0@1', 'orders-0@2', 'orders-0@3']);
    expect(world.receipts()).toHaveLength(3);
  });

  it('sends different records of one position in different invocations: the topic was made anew', async () => {
    const [old, anew] = [order(1, { value: '{"v":"old"}' }), order(1, { value: '{"v":"new"}' })];
    const world = aRedrive([letterObject('kinesisSink', anew, 2_000), letterObject('kinesisSink', old, 1_000)]);
    expect((await world.run('redrive')).exitCode).toBe(0);
    expect(world.kinesis.stored.flatMap(({ records }) => records.map(({ value }) => value?.base64))).toEqual([
      old.value?.base64,
      anew.value?.base64,
    ]);
    expect(world.receipts()).toHaveLength(2);
  });

  it('opens a dead letter again that a delivery made anew after the redrive', async () => {
    const letter = letterObject('kinesisSink', order(1));
    const world = aRedrive([letter]);
    await world.run('redrive');
    world.put(letter.key, letter.body);
    await world.run('redrive');
    expect(world.invocations).toHaveLength(2);
    await world.run('redrive');
    expect(world.invocations).toHaveLength(2);
  });

  it('ends a partition at the first record that may still be settled, and goes on with the others', async () => {
    const others = Array.from({ length: 3 }, (_, offset) => order(offset, { partition: 1 }));
    const world = aRedrive(kinesisLetters([...orders(0, 4), ...others]));
    const { exitCode, text } = await world.run('redrive --rate 2', {
      async invoked(invoke, count) {
        world.takeKinesisAway(count === 1);
        return await invoke();
      },
    });
    expect(exitCode).toBe(1);
    expect(world.streamed()).toEqual(['orders-1@0', 'orders-1@1', 'orders-1@2']);
    expect(world.invocations.map(({ places }) => places)).toEqual([
      ['orders-0@0', 'orders-0@1'],
      ['orders-1@0', 'orders-1@1'],
      ['orders-1@2'],
    ]);
    expect(text).toMatch(/3 of 7 records settled, 2 target_unreachable, 2 waits/);
    expect((await world.run('redrive')).exitCode).toBe(0);
    expect(world.streamed().slice(3)).toEqual(['orders-0@0', 'orders-0@1', 'orders-0@2', 'orders-0@3']);
  });

  it('keeps its rate', async () => {
    const world = aRedrive(kinesisLetters(orders(0, 25)));
    await world.run('redrive --rate 10');
    expect(world.invocations.map(({ places, atMs }) => [places.length, atMs])).toEqual([
      [10, 0],
      [10, 1_000],
      [5, 2_000],
    ]);
  });

  it('settles nothing where the function fails', async () => {
    const world = aRedrive(kinesisLetters(orders(0, 2)));
    const payload = JSON.stringify({ errorType: 'Function.Timeout', errorMessage: 'SECRET' });
    const { exitCode, text } = await world.run('redrive', {
      invoked: () => Promise.resolve({ payload, hasFailed: true }),
    });
    expect([exitCode, world.receipts()]).toEqual([1, []]);
    expect(text).toContain('left: orders-0@0 function_failed: the function failed (Function.Timeout): see its log');
    expect(text).not.toContain('SECRET');
  });

  it('settles nothing, and says what to do, where the function is of a version without redrives', async () => {
    const world = aRedrive(kinesisLetters(orders(0, 2)));
    const invoked = () => Promise.resolve({ payload: '{"batchItemFailures":[]}', hasFailed: false });
    await expect(world.run('redrive', { invoked })).rejects.toThrow(/does not know redrives.*deploy this version/);
    expect(world.receipts()).toEqual([]);
  });

  it.each([
    ['a form of its own', '{"mskSinks":"redrive"}'],
    [
      'a record that was not sent',
      '{"mskSinks":"redrive","batchItemFailures":[{"itemIdentifier":{"partition":"orders-0","offset":9},"code":"conflict","retryable":true,"detail":""}]}',
    ],
  ])('settles nothing where the answer has %s', async (_what, payload) => {
    const world = aRedrive(kinesisLetters(orders(0, 2)));
    const { exitCode, text } = await world.run('redrive', {
      invoked: () => Promise.resolve({ payload, hasFailed: false }),
    });
    expect([exitCode, world.receipts()]).toEqual([1, []]);
    expect(text).toContain('answer_unreadable');
  });

  it('leaves a record that no invocation can take, and one whose object is gone', async () => {
    const large = order(1, { value: 'x'.repeat(5_000_000) });
    const gone = letterObject('kinesisSink', order(2));
    const world = aRedrive([...kinesisLetters([large, order(3)]), gone]);
    const get = world.bucket.get;
    let reads = 0;
    world.bucket.get = (key) => {
      reads += Number(key === gone.key);
      return key === gone.key && reads > 1 ? Promise.resolve(undefined) : get(key);
    };
    const { exitCode, text } = await world.run('redrive');
    expect([exitCode, world.streamed()]).toEqual([1, ['orders-0@3']]);
    expect(text).toMatch(/left: orders-0@1 too_large_to_send[\s\S]*left: orders-0@2 object_gone/);
  });

  it('goes on in a partition behind a record that no later attempt settles', async () => {
    const world = aRedrive(documentLetters([poison(0), order(1)]));
    const { text } = await world.run('redrive --rate 1');
    expect(world.invocations.map(({ places }) => places)).toEqual([['orders-0@0'], ['orders-0@1']]);
    expect(text).toContain('1 of 2 records settled, 1 payload_invalid');
  });

  it('sends nothing of an object that is gone, and goes on behind the record', async () => {
    const world = aRedrive(kinesisLetters(orders(0, 3)));
    const { get } = world.bucket;
    const reads = new Map<string, number>();
    world.bucket.get = (key) => {
      reads.set(key, (reads.get(key) ?? 0) + 1);
      const isGone = (reads.get(key) ?? 0) > 1 && key.includes('/00000000000000000001-');
      return isGone ? Promise.resolve(undefined) : get(key);
    };
    const { text } = await world.run('redrive --rate 1');
    expect(text).toContain('2 of 3 records settled, 1 object_gone');
    expect(world.invocations.map(({ places }) => places)).toEqual([['orders-0@0'], ['orders-0@2']]);
  });

  it('reads a record from another object that holds it, where the first is gone', async () => {
    const [letter] = kinesisLetters([order(1)]);
    const world = aRedrive([letter as NonNullable<typeof letter>, batchObject('kinesisSink', [order(1)])]);
    const { get } = world.bucket;
    let reads = 0;
    world.bucket.get = (key) => {
      reads += Number(key === letter?.key);
      return key === letter?.key && reads > 1 ? Promise.resolve(undefined) : get(key);
    };
    expect((await world.run('redrive')).exitCode).toBe(0);
    expect(world.streamed()).toEqual(['orders-0@1']);
  });

  it('splits what one invocation cannot take', async () => {
    const halves = [0, 1, 2].map((offset) => order(offset, { value: 'x'.repeat(2_000_000) }));
    const world = aRedrive(kinesisLetters(halves));
    const sizes: number[] = [];
    await world.run('redrive', {
      invoked: (_invoke, count) => {
        sizes.push(count);
        return Promise.resolve({ payload: '{"mskSinks":"redrive","batchItemFailures":[]}', hasFailed: false });
      },
    });
    expect(sizes).toHaveLength(2);
  });

  it('leaves batches of functions of other stages, and what it cannot read', async () => {
    const world = aRedrive([
      batchObject('kinesisSink', [order(1)], { functionName: 'other' }),
      { key: 'notes.txt', body: 'SECRET' },
    ]);
    const { exitCode, text } = await world.run('redrive');
    expect([exitCode, world.invocations]).toEqual([1, []]);
    expect(text).toMatch(/not sent: aws\/lambda\/.* is of no function of stage dev\nnot sent: notes.txt is not JSON\n/);
  });

  it('with --dry-run prints what would be sent and in what order, and sends and writes nothing', async () => {
    const world = aRedrive([...kinesisLetters(orders(3, 5)), batchObject('documentdbSink', orders(0, 3))]);
    const before = new Map(world.stored);
    const { exitCode, text } = await world.run('redrive --dry-run');
    expect(exitCode).toBe(0);
    expect(text).toMatch(
      /kinesisSink: 2 records in 1 invocation; they follow newer records .*\n {2}orders-0@3\.\.4, 2 records\n/,
    );
    expect(text).toMatch(/documentdbSink: 3 records in 1 invocation; a document that a newer record .* superseded\n/);
    expect([world.invocations, world.stored]).toEqual([[], before]);
  });

  it.each([
    ['--function kinesisSink', ['kinesisSink']],
    ['--topic orders', ['kinesisSink', 'documentdbSink']],
    ['--topic other', []],
    ['--code RetryAttemptsExhausted', ['documentdbSink']],
    ['--key dead-letters/', ['kinesisSink']],
    ['--since 2023-11-14T22:13:21Z', []],
  ])('sends only what %s chooses', async (filter, expected) => {
    const world = aRedrive([...kinesisLetters([order(1)]), batchObject('documentdbSink', [order(1)])]);
    await world.run(`redrive ${filter}`);
    expect(world.invocations.map(({ sink }) => sink)).toEqual(expected);
  });
});

describe('an object that cannot be read', () => {
  it('is named, and left', async () => {
    const unreadable = { key: 'dead-letters/kinesisSink/orders/0/2.json', body: '{}' };
    const world = aRedrive([...kinesisLetters([order(1)]), unreadable]);
    const { exitCode, text } = await world.run('redrive');
    expect([exitCode, world.streamed()]).toEqual([1, ['orders-0@1']]);
    expect(text).toContain('not sent: dead-letters/kinesisSink/orders/0/2.json is not a dead letter');
    expect((await world.run('redrive --dry-run')).exitCode).toBe(0);
  });
});

describe('a redrive that is stopped', () => {
  it('marks what its last batch settled, names the rest as stopped, and goes on from there', async () => {
    const world = aRedrive(kinesisLetters(orders(0, 6)));
    const { exitCode, text } = await world.run('redrive --rate 2', { stopAfter: 2 });
    expect(exitCode).toBe(1);
    expect(text).toContain('4 of 6 records settled, 2 stopped');
    expect((await world.run('redrive')).exitCode).toBe(0);
    expect(world.streamed()).toEqual([0, 1, 2, 3, 4, 5].map((offset) => `orders-0@${offset}`));
  });

  it('repeats only what it had sent and not yet marked, when it dies between the two', async () => {
    const world = aRedrive([...kinesisLetters(orders(0, 4)), batchObject('documentdbSink', orders(0, 4))]);
    const put = world.bucket.put;
    let writes = 0;
    world.bucket.put = (key, body) => {
      writes += 1;
      return writes === 3 ? Promise.reject(new Error('killed')) : put(key, body);
    };
    await expect(world.run('redrive --rate 2')).rejects.toThrow('killed');
    expect((await world.run('redrive')).exitCode).toBe(0);
    const streamed = world.streamed();
    expect(new Set(streamed).size).toBe(4);
    expect(streamed.slice(0, 2)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(streamed.filter((place) => place === 'orders-0@0')).toHaveLength(1);
  });

  it('at any points and in any mixture of objects settles every good record, and loses none', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          kinds: fc.array(fc.constantFrom('letter', 'batch', 'both', 'poison'), { minLength: 1, maxLength: 30 }),
          batchLength: fc.integer({ min: 1, max: 7 }),
          rate: fc.integer({ min: 1, max: 8 }),
          stops: fc.array(fc.record({ after: fc.integer({ min: 0, max: 4 }), dies: fc.boolean() }), { maxLength: 3 }),
        }),
        async ({ kinds, batchLength, rate, stops }) => {
          const all = kinds.map((kind, offset) => ({
            kind,
            record: kind === 'poison' ? poison(offset) : order(offset),
          }));
          const batched = all.filter(({ kind }) => kind !== 'letter').map(({ record }) => record);
          const batches = Array.from({ length: Math.ceil(batched.length / batchLength) }, (_, index) =>
            batchObject('documentdbSink', batched.slice(index * batchLength, (index + 1) * batchLength), {
              requestId: `request-${index}`,
            }),
          );
          const letters = all.filter(({ kind }) => kind === 'letter' || kind === 'both').map(({ record }) => record);
          const world = aRedrive([...documentLetters(letters), ...batches]);
          for (const { after, dies } of stops) {
            const invoked: RunOptions['invoked'] = (invoke, count) =>
              dies && count > after ? Promise.reject(new Error('killed')) : invoke();
            await world.run(`redrive --rate ${rate}`, { stopAfter: after, invoked }).catch(() => undefined);
          }
          await world.run('redrive');
          const poisonCount = kinds.filter((kind) => kind === 'poison').length;
          const { exitCode, text } = await world.run('redrive');
          expect(exitCode).toBe(poisonCount === 0 ? 0 : 1);
          if (poisonCount > 0) expect(text).toContain(`0 of ${poisonCount} record`);
          const newest = new Map(
            all.flatMap(({ kind, record }) =>
              kind === 'poison' ? [] : [[Buffer.from(record.key?.bytes() ?? []).toString(), record.position.offset]],
            ),
          );
          for (const [key, offset] of newest) expect(version(world.sinks.documentdbSink.store, key)).toBe(offset);
        },
      ),
      { numRuns: randomRuns(60) },
    ));
});
