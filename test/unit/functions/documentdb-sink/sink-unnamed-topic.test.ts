import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { mapperOfConnector } from '../../../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import { aConnectorText } from '../../../support/a-connector.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';

const JSON_VALUES = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
};
const ROUTED = {
  transforms: 'r',
  'transforms.r.type': 'org.apache.kafka.connect.transforms.RegexRouter',
  'transforms.r.regex': 'orders',
};
const SAME = { ...ROUTED, 'transforms.r.replacement': 'orders' };
const ELSEWHERE = { ...ROUTED, 'transforms.r.replacement': 'elsewhere' };

function sinkOf(properties: Readonly<Record<string, string>>) {
  const { queue, deadLetters } = fakeDeadLetters();
  const text = aConnectorText({ ...JSON_VALUES, 'errors.tolerance': 'all', ...properties });
  const { mapper } = mapperOfConnector(readConnector(text, { where: 'test' }), 'test');
  return { sink: aDocumentdbSink({ mapper, deletes: 'hard', deadLetters: queue }), deadLetters };
}

describe('a record of a topic that the connector file does not name', () => {
  it.each([
    { how: 'without transforms', properties: {} },
    { how: 'with transforms', properties: SAME },
  ])('stays unsettled $how, and the others are written', async ({ properties }) => {
    const { sink, deadLetters } = sinkOf(properties);
    const { sendUntilMs } = deadlineIn(sink.clock.nowMs());
    const outcomes = await sink.write([aRecord({ topic: 'returns' }), aRecord({ topic: 'orders' })]);
    expect(outcomes.map(inWords)).toEqual(['failed misconfigured', 'written']);
    expect(outcomes[0]).toMatchObject({ failure: { retryable: true, detail: expect.stringContaining('returns') } });
    expect(outcomes[0]).toMatchObject({ failure: { detail: expect.stringContaining('add the topic to `topics`') } });
    expect(deadLetters).toEqual([]);
    expect(sink.telemetry.metrics()).not.toHaveProperty('PlanningFailures');
    expect(sink.clock.nowMs()).toBe(sendUntilMs);
  });

  it('is a dead letter where a transform gave it that topic', async () => {
    const { sink, deadLetters } = sinkOf(ELSEWHERE);
    const outcomes = await sink.write([aRecord({ topic: 'orders' })]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered payload_invalid']);
    expect(deadLetters).toHaveLength(1);
  });
});
