import { describe, expect, it } from 'vitest';
import { aStageFile, type StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (changes: StageFileChanges) => problemsOf(aStageFile(changes));

describe('service and stage', () => {
  it('are each named where they cannot be part of a bucket name', () => {
    const part = (what: string, bucket: string) =>
      `${what} must consist of lower-case letters, digits and dashes: it is part of the bucket name ${bucket}-111111111111-dead-letters`;
    expect(problemsOf(aStageFile(), 'dev', undefined, 'My-Sinks')).toEqual([
      part('the service My-Sinks of serverless.yml', 'My-Sinks-dev'),
    ]);
    expect(problemsOf(aStageFile(), 'Dev')).toEqual([part('the stage Dev', 'msk-sinks-Dev')]);
  });

  it('are as long as the functions take them', () => {
    const lengthAllowed = (stage: string) => problemsOf(aStageFile(), stage, undefined, 's').length === 0;
    expect([lengthAllowed('d'.repeat(32)), lengthAllowed('d'.repeat(33))]).toEqual([true, false]);
  });
});

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
