import { describe, expect, it } from 'vitest';
import { resultsOf } from '../../../../cli/dead-letters/redrive/answer.ts';
import type { QueuedRecord } from '../../../../cli/dead-letters/redrive/plan.ts';

const BATCH = [1, 2].map((offset) => ({ topicPartition: 'orders-0', offset })) as unknown as readonly QueuedRecord[];
const failuresOf = (payload: string, hasFailed: boolean) =>
  resultsOf(BATCH, { payload, hasFailed }).map(({ failure }) => failure);

describe('a function that failed', () => {
  it.each([
    ['{"errorType":"Runtime.ExitError","errorMessage":"SECRET"}', 'Runtime.ExitError'],
    ['{"errorType":"a text of a record"}', 'no error type'],
    ['{"errorType":"Error\\nSECRET"}', 'no error type'],
    ['{"errorType":"SECRET Error"}', 'no error type'],
    [`{"errorType":"${'a'.repeat(64)}"}`, 'a'.repeat(64)],
    [`{"errorType":"${'a'.repeat(65)}"}`, 'no error type'],
    ['{"errorType":7}', 'no error type'],
    ['{}', 'no error type'],
    ['null', 'no error type'],
    ['"text"', 'no error type'],
    ['not JSON', 'no error type'],
    ['', 'no error type'],
  ])('settles nothing, and is named by its error type alone: %s', (payload, name) => {
    const failure = {
      ...{ code: 'function_failed', retryable: true },
      detail: `the function failed (${name}): see its log`,
    };
    expect(failuresOf(payload, true)).toEqual([failure, failure]);
  });
});

describe('a function that answered', () => {
  it.each(['null', '7', '"redrive"', 'not JSON', '[]', '{"mskSinks":"probe"}'])('%s knows no redrives', (payload) => {
    expect(() => failuresOf(payload, false)).toThrow('does not know redrives');
  });

  it('settles what it does not name, and may settle later all of an answer of another form', () => {
    const itemIdentifier = { partition: 'orders-0', offset: 2 };
    const item = { itemIdentifier, code: 'superseded', retryable: false, detail: 'newer' };
    const named = JSON.stringify({ mskSinks: 'redrive', batchItemFailures: [item] });
    expect(failuresOf(named, false)).toEqual([undefined, { code: 'superseded', retryable: false, detail: 'newer' }]);
    expect(failuresOf('{"mskSinks":"redrive"}', false)).toMatchObject([
      { code: 'answer_unreadable', retryable: true },
      { code: 'answer_unreadable', retryable: true },
    ]);
  });
});
