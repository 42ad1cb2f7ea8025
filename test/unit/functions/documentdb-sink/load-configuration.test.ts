// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../../functions/documentdb-sink/load-configuration.ts';
import { documentdbSettings } from '../../../../functions/documentdb-sink/settings.ts';
import type { ReadBundle } from '../../../../functions/documentdb-sink/target/connection/tls-context.ts';
import { settingsFromEnvironment } from '../../../../shared/settings/parse-settings.ts';
import { aConnectorText } from '../../../support/a-connector.ts';
import { confluentBytes } from '../../../support/avro-bytes.ts';
import { aRecord } from '../../../support/builders.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const COMMON = {
  MSK_SINKS_STAGE: 'dev',
  MSK_SINKS_SERVICE_NAME: 'msk-sinks',
  MSK_SINKS_TRIGGER_MODE: 'provisioned',
  MSK_SINKS_DEAD_LETTER_BUCKET: 'letters',
};
const NATIVE = {
  MSK_SINKS_DATABASE: 'shop',
  MSK_SINKS_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:docdb-AbCdEf',
};
const { signal } = new AbortController();

function configured(environment: Readonly<Record<string, string>>, file = '', readCaBundle?: ReadBundle) {
  const asked: string[] = [];
  const answer = (text: string) => (name: string) => {
    asked.push(name);
    return Promise.resolve(text);
  };
  const configuration = loadConfiguration(settingsFromEnvironment(documentdbSettings, { ...COMMON, ...environment }), {
    readConnectorFile: () => file,
    readSecret: answer(JSON.stringify({ host: 'docdb.example', port: 1, username: 'app', password: 'p' })),
    readParameter: answer('from.parameter'),
    environment: { TABLE: 'from_environment' },
    readCaBundle,
  });
  return { configuration, asked };
}

describe('without a connector file', () => {
  it('the stage file decides, and the secret is asked anew for each client', async () => {
    const { configuration, asked } = configured({ ...NATIVE, MSK_SINKS_REPLICA_SET: 'rs7', MSK_SINKS_DELETES: 'hard' });
    const { mapper, readAddress, sinkSettings } = await configuration;
    expect(mapper(aRecord({ topic: 'orders', key: 'a' }), 0)).toMatchObject({
      kind: 'write',
      namespace: { database: 'shop', collection: 'orders' },
    });
    expect(sinkSettings).toMatchObject({ deletes: 'hard', onPoison: 'deadLetter', onNoMatch: 'ignore' });
    expect(asked).toEqual([]);
    for (let times = 0; times < 2; times += 1) {
      expect(await readAddress(signal)).toMatchObject({
        uri: 'mongodb://docdb.example:1/',
        options: { replicaSet: 'rs7' },
      });
    }
    expect(asked).toEqual([NATIVE.MSK_SINKS_SECRET_ARN, NATIVE.MSK_SINKS_SECRET_ARN]);
  });

  it("a probe sees the stage file's database", async () => {
    const places = await (await configured(NATIVE).configuration).probedPlaces();
    expect(places).toEqual({ databases: ['shop'], wantedIndexes: [] });
  });

  it('the role logs in where it is to, without a secret', async () => {
    const iam = { MSK_SINKS_DATABASE: 'shop', MSK_SINKS_AUTHENTICATION: 'iam', MSK_SINKS_HOST: 'docdb.example' };
    const { configuration, asked } = configured({ ...iam, MSK_SINKS_PORT: '27018', MSK_SINKS_REPLICA_SET: 'rs7' });
    expect(await (await configuration).readAddress(signal)).toMatchObject({
      uri: 'mongodb://docdb.example:27018/',
      options: { authMechanism: 'MONGODB-AWS', replicaSet: 'rs7' },
    });
    expect(asked).toEqual([]);
  });

  it.each([
    [{ MSK_SINKS_SECRET_ARN: NATIVE.MSK_SINKS_SECRET_ARN }, 'database is missing'],
    [{ MSK_SINKS_DATABASE: 'shop' }, 'secretArn is missing'],
    [{ MSK_SINKS_DATABASE: 'shop', MSK_SINKS_AUTHENTICATION: 'iam' }, 'host is missing'],
  ])('%j is not enough: %s', async (environment, problem) => {
    await expect(configured(environment).configuration).rejects.toThrow(
      `documentdbSink has 1 problem(s):\n  - ${problem}`,
    );
  });
});

describe('with a connector file', () => {
  it.each([
    ['nothing more', {}, 'orders', false],
    [
      'a transform',
      {
        transforms: 't',
        'transforms.t.type': 'org.apache.kafka.connect.transforms.RegexRouter',
        'transforms.t.regex': 'ord(.*)',
        'transforms.t.replacement': 'archive',
      },
      'archive',
      false,
    ],
    [
      'a schema registry',
      {
        'value.converter': 'io.confluent.connect.avro.AvroConverter',
        'value.converter.schema.registry.url': 'https://registry.example',
      },
      undefined,
      true,
    ],
  ])('that names %s, records are mapped so', async (_, properties, collection, isPrepared) => {
    const file = aConnectorText({ topics: 'orders,archive', ...properties });
    const { configuration } = configured({ MSK_SINKS_CONNECTOR: 'orders.properties' }, file);
    const { mapper, preparation } = await configuration;
    expect(preparation !== undefined).toBe(isPrepared);
    const plan = mapper(aRecord({ topic: 'orders', key: '{"a": 1}', value: '{"_id": 1}' }), 0);
    if (collection === undefined) expect(plan.kind).not.toBe('write');
    else expect(plan).toMatchObject({ kind: 'write', namespace: { collection } });
  });

  it.each([
    ['region', 0],
    ['/opt/authority.pem', 1],
    ['s3://bucket/authority.pem', 1],
  ])(
    'that names a schema registry, with caBundle=%s, the bundle is read %i times for the registry',
    async (caBundle, times) => {
      let read = 0;
      const file = aConnectorText({
        'value.converter': 'io.confluent.connect.avro.AvroConverter',
        // No URL, so that nobody is asked.
        'value.converter.schema.registry.url': '${sm:docdb:username}',
      });
      const readCaBundle = () => {
        read += 1;
        return Promise.resolve('');
      };
      const environment = { MSK_SINKS_CONNECTOR: 'orders.properties', MSK_SINKS_CA_BUNDLE: caBundle };
      const { preparation } = await configured(environment, file, readCaBundle).configuration;
      const record = aRecord({ topic: 'orders', value: confluentBytes(1) });
      const clock = new VirtualClock();
      await clock.run(preparation?.prepare([record], clock, signal) ?? Promise.resolve());
      expect(preparation?.obstacleTo(record)).toMatchObject({ code: 'misconfigured' });
      expect(read).toBe(times);
    },
  );

  const CONNECTOR = { MSK_SINKS_CONNECTOR: 'config/connectors/orders.properties', MSK_SINKS_POOL_SIZE_MAX: '7' };

  it("a probe sees every topic's database and the index that a business key needs", async () => {
    const file = readFileSync('test/fixtures/connector-files/F08-business-key-without-index.properties', 'utf8');
    const places = await (await configured(CONNECTOR, file).configuration).probedPlaces();
    expect(places).toEqual({
      databases: ['shop'],
      wantedIndexes: [{ topic: 'orders', namespace: { database: 'shop', collection: 'orders' }, fields: ['id'] }],
    });
  });

  it('the file decides, placeholders filled in for each client', async () => {
    const file = aConnectorText({
      collection: '${env:TABLE}',
      'connection.uri': 'mongodb://${sm:docdb:username}:${sm:docdb:password}@${ssm::/host}/',
      'errors.tolerance': 'all',
      'errors.deadletterqueue.topic.name': 'dlq',
      'msksinks.guard.epoch.orders': '3',
    });
    const { configuration, asked } = configured(CONNECTOR, file);
    const { mapper, readAddress, sinkSettings } = await configuration;
    expect(mapper(aRecord({ topic: 'orders', value: '{"a":1}' }), 0)).toMatchObject({
      kind: 'write',
      namespace: { database: 'shop', collection: 'from_environment' },
    });
    expect(sinkSettings).toMatchObject({
      deletes: 'hard',
      onPoison: 'deadLetter',
      deadLetterTopic: 'dlq',
      epochs: new Map([['orders', 3]]),
      poolSizeMax: 7,
    });
    expect(await readAddress(signal)).toEqual({
      uri: 'mongodb://app:p@from.parameter/',
      options: { authMechanism: 'SCRAM-SHA-1' },
    });
    expect(asked.toSorted()).toEqual(['/host', 'docdb']);
  });

  it('that is wrong keeps the function from starting, with every problem', async () => {
    const file = aConnectorText({ colection: 'x', 'csfle.enabled': 'true' });
    await expect(configured(CONNECTOR, file).configuration).rejects.toThrow(/csfle[\s\S]*colection/);
  });
});
