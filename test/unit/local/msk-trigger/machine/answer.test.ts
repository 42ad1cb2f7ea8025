import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../../../local/msk-trigger/machine/answer.ts';

const wasSent = (topicPartition: string, offset: number) => topicPartition === 'orders-0' && offset >= 5 && offset <= 9;

function itemOf(itemIdentifier: unknown): string {
  return JSON.stringify({ batchItemFailures: [{ itemIdentifier }] });
}

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
describe('the answer of a function', () => {
  it.each(['null', '{}', '{"batchItemFailures":[]}', '{"batchItemFailures":null}', '{"other":1}'])(
    '%s is success',
    (payload) => {
      expect(readAnswer(payload, wasSent)).toEqual({ kind: 'success' });
    },
  );

  it('names the records that failed', () => {
    const items = [5, 9, 5].map((offset) => ({ itemIdentifier: { partition: 'orders-0', offset } }));
    expect(readAnswer(JSON.stringify({ batchItemFailures: items }), wasSent)).toEqual({
      kind: 'failures',
      offsets: new Map([['orders-0', new Set([5, 9])]]),
    });
  });

  it.each([
    ['a string identifier, as for queues', itemOf('orders-0-5')],
    ['an identifier under the member name of the first edition', itemOf({ 'topic-partition': 'orders-0', offset: 5 })],
    ['an offset that is text', itemOf({ partition: 'orders-0', offset: '5' })],
    ['a null identifier', itemOf(null)],
    ['an item without an identifier', '{"batchItemFailures":[{}]}'],
    ['an item that is no object', '{"batchItemFailures":["orders-0"]}'],
    ['a partition that was not in the event', itemOf({ partition: 'orders-1', offset: 5 })],
    ['an offset that was not in the event', itemOf({ partition: 'orders-0', offset: 10 })],
    ['a list that is no list', '{"batchItemFailures":{"itemIdentifier":1}}'],
    ['a list that is an empty text', '{"batchItemFailures":""}'],
    ['a list that is false', '{"batchItemFailures":false}'],
    ['an answer that is no object', '"done"'],
    ['an answer that is an empty text', '""'],
    ['an answer that is a list', '[]'],
    ['an answer that is no JSON', 'undefined'],
  ])('with %s fails the whole batch', (_, payload) => {
    expect(readAnswer(payload, wasSent).kind).toBe('invalid');
  });

  it('says of an identifier which part has the wrong type', () => {
    const reason = 'an itemIdentifier lacks a string partition or a number offset';
    expect(readAnswer(itemOf({ partition: 0, offset: 5 }), wasSent)).toEqual({ kind: 'invalid', reason });
  });

  it('is not quoted in the reason why it is refused', () => {
    expect(JSON.stringify(readAnswer(itemOf('secret-4711'), wasSent))).not.toContain('4711');
  });
});
