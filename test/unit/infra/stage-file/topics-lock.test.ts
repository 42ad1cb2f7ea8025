import { describe, expect, it } from 'vitest';
import {
  matchingTopics,
  parseTopicsLock,
  regexProblem,
  tooManyTopics,
} from '../../../../infra/stage-file/topics-lock.ts';

describe('the topics that match topics.regex', () => {
  it('are those whose whole name matches, in order, without those of Kafka and Amazon', () => {
    const names = ['orders-b', 'orders-a', 'old-orders-a', '__consumer_offsets', '__transaction_state'];
    expect(matchingTopics('orders-.', names)).toEqual(['orders-a', 'orders-b']);
    const internal = ['__amazon_msk_canary', '__amazon_msk_canary_state', '__own', 'x__consumer_offsets'];
    expect(matchingTopics('.*', [...names.slice(3), ...internal])).toEqual(['__own', 'x__consumer_offsets']);
  });

  it('are a hundred at most: each is a mapping', () => {
    expect(tooManyTopics(100)).toBeUndefined();
    expect(tooManyTopics(101)).toMatch(/^101 topics match .* at most 100, and a stack at most 500 resources/);
  });

  it.each([
    ['orders-.*', undefined],
    ['orders(', expect.any(String)],
  ])('can be found with %s', (regex, problem) => {
    expect(regexProblem(regex)).toEqual(problem);
  });
});

describe('a list of topics', () => {
  const lock = { regex: 'a.*', cluster: 'c', readAt: '2026-11-29T00:00:00Z', topics: ['a'] };

  it.each([
    ['is whole', JSON.stringify(lock), lock],
    ['lacks a part', JSON.stringify({ ...lock, topics: undefined }), undefined],
    ['has a time that is none', JSON.stringify({ ...lock, readAt: 'yesterday' }), undefined],
    ['is no JSON', '{', undefined],
  ])('that %s', (_, text, expected) => {
    expect(parseTopicsLock(text)).toEqual(expected);
  });
});
