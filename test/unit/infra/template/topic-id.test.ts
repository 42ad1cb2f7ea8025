import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topicId } from '../../../../infra/template/topic-id.ts';

const aTopic = fc.stringMatching(/^[A-Za-z0-9._-]{1,30}$/);

describe('the logical id of a topic', () => {
  it.each([
    ['orders', 'Orders'],
    ['orders2', 'Orders2'],
    ['web.orders-v1', expect.stringMatching(/^WebOrdersV1X[0-9a-f]{8}$/)],
  ])('%s is %s', (topic, id) => {
    expect(topicId(topic)).toEqual(id);
  });

  it('has only letters and digits', () => {
    fc.assert(fc.property(aTopic, (topic) => /^[A-Za-z0-9]+$/.test(topicId(topic))));
  });

  it('differs for topics that differ only in a dot or in case', () => {
    const near = fc.stringMatching(/^[aAbX.]{1,4}$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(near, aTopic), { minLength: 2 }), (topics) => {
        expect(new Set(topics.map(topicId)).size).toBe(topics.length);
      }),
    );
  });
});
