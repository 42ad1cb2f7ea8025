import { describe, expect, it } from 'vitest';
import { aStageFile, type StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (changes: StageFileChanges) => problemsOf(aStageFile(changes));

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html */
describe('a consumer group', () => {
  it('belongs to one mapping, also where each function says its own', () => {
    const trigger = { consumerGroupId: 'doka-dev' };
    expect(problemsWith({ trigger })).toEqual([
      expect.stringMatching(
        /^trigger\.consumerGroupId gives 2 mappings the same group doka-dev, but each mapping needs its own/,
      ),
    ]);
    expect(problemsWith({ kinesisSink: { trigger } })).toEqual([]);
    expect(problemsWith({ kinesisSink: { trigger }, documentdbSink: { trigger } })).toEqual([
      expect.stringMatching(/^documentdbSink\.trigger\.consumerGroupId gives 2 mappings the same group/),
    ]);
  });

  it('of several topics has the topic in it', () => {
    const topics = ['orders', 'returns'];
    expect(problemsWith({ trigger: { topics, consumerGroupId: '{function}' } })).toHaveLength(2);
    expect(problemsWith({ trigger: { topics, consumerGroupId: '{function}-{topic}' } })).toEqual([]);
  });

  it('is one also where two names are put together to the same', () => {
    const kinesisSink = { trigger: { topics: ['v1-v1'], consumerGroupId: '{topic}-v1' } };
    const documentdbSink = { trigger: { topics: ['v1-v1'], consumerGroupId: 'v1-{topic}' } };
    expect(problemsWith({ kinesisSink, documentdbSink })).toEqual([
      expect.stringContaining('gives 2 mappings the same group v1-v1-v1, but'),
    ]);
  });
});
