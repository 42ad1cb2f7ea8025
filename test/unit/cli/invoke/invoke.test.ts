import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../../cli/invoke/arrivals.ts';
import { unsettledIn } from '../../../../cli/invoke/invoke-local.ts';
import { parseInvokeOptions } from '../../../../cli/invoke/options.ts';
import { ownLines } from '../../../../cli/invoke/own-lines.ts';
import { recordEvent } from '../../../../cli/invoke/record-event.ts';
import { decodeEvent } from '../../../../shared/event.ts';

const parsed = (...args: readonly string[]) => parseInvokeOptions(args);

describe('the arguments of invoke', () => {
  it('are a function, and an event or a record', () => {
    expect(parsed('kinesisSink', '--event', 'a.json')).toEqual({
      sink: 'kinesisSink',
      input: { kind: 'file', path: 'a.json' },
    });
    expect(parsed('documentdbSink', '--key', 'a', '--value', '{}', '--topic', 't', '--offset', '7')).toEqual({
      sink: 'documentdbSink',
      input: { kind: 'record', topic: 't', key: 'a', value: '{}', offset: 7 },
    });
    expect(parsed('--help')).toBe('help');
  });

  it.each([
    [[], 'name one function: kinesisSink or documentdbSink'],
    [['other', '--key', 'a'], 'name one function'],
    [['kinesisSink'], 'name --event, or --key and --value'],
    [['kinesisSink', '--event', 'a', '--key', 'b'], '--event stands alone'],
    [['kinesisSink', '--key', 'b', '--offset', '-1'], 'npm run invoke --'],
    [['kinesisSink', '--key', 'b', '--offset', '1.5'], '--offset must be a whole number'],
  ])('say what to do when they are %j', (args, words) => {
    expect(() => parsed(...args)).toThrow(words);
  });
});

describe('the event of one record', () => {
  it('is one that the functions read, with a time of now', () => {
    const event = recordEvent(
      { topic: undefined, key: 'a', value: '{"n":1}', offset: undefined },
      'orders',
      1_795_000_000_000,
    );
    const [batch] = decodeEvent(event);
    expect(batch?.records).toMatchObject([
      { position: { topic: 'orders', offset: 1_795_000_000_000 }, timestampMs: 1_795_000_000_000 },
    ]);
    expect(batch?.records[0]?.value?.bytes().toString()).toBe('{"n":1}');
  });

  it('has neither key nor value where none is given', () => {
    const [batch] = decodeEvent(recordEvent({ topic: 't', key: undefined, value: undefined, offset: 3 }, 'orders', 1));
    expect(batch?.records).toMatchObject([{ position: { topic: 't', offset: 3 }, key: null, value: null }]);
  });
});

describe('what an invocation left beside npm start', () => {
  const event = (key: string | undefined, value: string | undefined) =>
    recordEvent({ topic: 't', key, value, offset: 7 }, 'orders', 1);
  const OTHERS = 'and 1 of others: npm start writes to the same target';

  it.each([
    ['the record of its key', 'orders shard-0: order-7 {"n":1}', 'orders shard-0: order-71 {"n":2}'],
    ['a record without a key, by its value', 'orders shard-0: 0f4c {"a":"b"}', 'orders shard-0: 0f4d {"a":"bc"}'],
    ['the document of its key', 'shop.orders: + {"_id":"order-7","n":1}', 'shop.orders: + {"_id":"order-70"}'],
    [
      'its dead letter',
      'dead letter: s3://b/dead-letters/kinesisSink/t/1000/00000000000000000007-0a.json',
      'dead letter: s3://b/dead-letters/kinesisSink/t/1000/00000000000000000077-0a.json',
    ],
  ])('is %s, and the number of the others', (_, own, other) => {
    expect(ownLines([other, own], event('order-7', '{"a":"b"}'))).toEqual([own, OTHERS]);
    expect(ownLines([own], event('order-7', '{"a":"b"}'))).toEqual([own]);
  });

  it('is not known of an event that is none, or that has neither key nor value', () => {
    for (const each of [undefined, 'text', event(undefined, undefined), event('', '')]) {
      expect(ownLines(['orders shard-0: a b'], each)).toEqual([OTHERS]);
    }
  });
});

describe('what an invocation left', () => {
  it('is each document that came, went or changed', () => {
    const before = new Map([['shop.orders', ['{"_id":1}', '{"_id":2}']]]);
    const after = new Map([
      ['shop.orders', ['{"_id":1}', '{"_id":2,"n":1}']],
      ['shop.returns', ['{"_id":3}']],
    ]);
    expect(changesOf(before, after)).toEqual([
      'shop.orders: - {"_id":2}',
      'shop.orders: + {"_id":2,"n":1}',
      'shop.returns: + {"_id":3}',
    ]);
  });

  it.each([
    ['log\n{\n    "batchItemFailures": []\n}', 0],
    ['log\n{\n    "batchItemFailures": [{ "itemIdentifier": {} }]\n}\n', 1],
    ['log\n{\n    "errorMessage": "x"\n}', undefined],
    ['no answer', undefined],
  ])('is counted in the answer of %j', (output, count) => {
    expect(unsettledIn(output)).toBe(count);
  });
});
