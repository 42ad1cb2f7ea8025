import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../../cli/invoke/arrivals.ts';
import { unsettledIn } from '../../../../cli/invoke/invoke-local.ts';
import { parseInvokeOptions } from '../../../../cli/invoke/options.ts';
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
