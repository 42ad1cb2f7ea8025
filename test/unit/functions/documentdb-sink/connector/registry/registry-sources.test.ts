// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { registrySources } from '../../../../../../functions/documentdb-sink/connector/registry/registry-sources.ts';
import { aConnectorText } from '../../../../../support/a-connector.ts';

const notRead = () => Promise.reject(new Error());

/** Asks for a schema of a side, where nothing of what the asking needs is there. */
async function obstacleOf(side: 'key' | 'value', properties: Readonly<Record<string, string>>) {
  const connector = readConnector(aConnectorText(properties), { where: 'test' });
  const parts = { readConnectorFile: () => '', readSecret: notRead, readParameter: notRead, environment: {} };
  const found = await registrySources(connector, parts)(side).fetch('1', new AbortController().signal);
  return found.kind === 'unavailable' ? found.failure : found;
}

const AVRO = 'io.confluent.connect.avro.AvroConverter';
const GLUE = 'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter';

describe.each(['key', 'value'] as const)('the schemas of the %s', (side) => {
  const other = side === 'key' ? 'value' : 'key';
  const confluent = (of: string, variable: string) => ({
    [`${of}.converter`]: AVRO,
    [`${of}.converter.schema.registry.url`]: `\${sm:${variable}:url}`,
  });
  const glue = (of: string) => ({ [`${of}.converter`]: GLUE, [`${of}.converter.region`]: 'eu-west-1' });

  it('are where the settings of its own converter say, placeholders filled in', async () => {
    expect(await obstacleOf(side, { ...confluent(side, 'OWN'), ...confluent(other, 'OTHER') })).toMatchObject({
      detail: expect.stringMatching(new RegExp(`^${side}\\.converter: .*\\{sm:OWN:url\\}`)),
    });
    expect(await obstacleOf(side, { ...confluent(side, 'OWN'), ...glue(other) })).toMatchObject({
      detail: expect.stringContaining('sm:OWN:url'),
    });
  });

  it('are in AWS Glue where its converter is the one of Glue', async () => {
    expect(await obstacleOf(side, { ...glue(side), ...confluent(other, 'OTHER') })).toMatchObject({
      code: 'schema_unavailable',
      detail: 'AWS Glue does not answer, or its credentials cannot be had (Error)',
    });
  });
});
