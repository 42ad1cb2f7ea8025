// Apicurio Registry over its API that is compatible with Confluent's, through the real client, stores and mapper.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorConfiguration } from '../../functions/documentdb-sink/connector/configuration.ts';
import type { DocumentdbSettings } from '../../functions/documentdb-sink/settings.ts';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import { type SchemaRegistry, startSchemaRegistry } from '../../local/engines/schema-registry/schema-registry.ts';
import { assert } from '../../shared/errors.ts';
import { written } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import type { Sink } from '../../shared/sink-contract.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { deadlineOf } from '../../shared/time/deadline.ts';
import { aConnectorText } from '../support/a-connector.ts';
import { inWords } from '../support/a-documentdb-sink.ts';
import { avroLong, avroText, confluentBytes } from '../support/avro-bytes.ts';
import { aRecord } from '../support/builders.ts';
import { registerSchema } from '../support/register-schema.ts';

const CUSTOMER = { type: 'record', name: 'Customer', namespace: 'shop', fields: [{ name: 'name', type: 'string' }] };
const ORDER = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'customer', type: 'shop.Customer' },
  ],
};
const { signal } = new AbortController();

let folder: string;
let registry: SchemaRegistry;
let orderId: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schema-registry-'));
  registry = await startSchemaRegistry({ installRoot: INSTALL_ROOT, folder, progress: () => undefined });
  await register('customer', { schema: JSON.stringify(CUSTOMER) });
  const references = [{ name: 'shop.Customer', subject: 'customer', version: 1 }];
  orderId = await register('orders-value', { schema: JSON.stringify(ORDER), references });
});
afterAll(async () => {
  await registry?.stop();
  await rm(folder, { recursive: true, force: true });
});

const register = (subject: string, body: object) => registerSchema(registry.url, subject, body);

/** What a connector's file makes of records, the function's own way. */
async function plansOf(records: readonly SourceRecord[], urls: string, converter = 'avro.AvroConverter') {
  const text = aConnectorText({
    'value.converter': `io.confluent.connect.${converter}`,
    'value.converter.schema.registry.url': urls,
  });
  const { mapper, preparation } = await connectorConfiguration({ poolSizeMax: 1 } as DocumentdbSettings, 'test', {
    readConnectorFile: () => text,
    readSecret: () => Promise.reject(new Error('no secret is read')),
    readParameter: () => Promise.reject(new Error('no parameter is read')),
    environment: {},
  });
  await preparation?.prepare(records, systemClock, signal);
  return { preparation, plans: records.map((record) => mapper(record, 0)) };
}

function replacementOf(plans: Awaited<ReturnType<typeof plansOf>>['plans']): ReadonlyMap<string, unknown> {
  expect(plans).toMatchObject([{ kind: 'write', models: [{ kind: 'replaceOne' }] }]);
  const [plan] = plans;
  const [model] = plan?.kind === 'write' ? plan.models : [];
  return model?.kind === 'replaceOne' ? model.replacement : new Map<string, unknown>();
}

const order = (offset: number, schemaId: number) =>
  aRecord({ offset, value: confluentBytes(schemaId, avroLong(offset), avroText('Ada')) });

describe('a schema registry that runs', () => {
  it('gives a schema with what it refers to', async () => {
    const { plans } = await plansOf([order(7, orderId)], registry.url);
    const document = replacementOf(plans);
    expect(document.get('id')).toBe(7n);
    expect(document.get('customer')).toEqual(new Map([['name', 'Ada']]));
  });

  it('gives a Protobuf schema with what it imports', async () => {
    const syntax = 'syntax = "proto3"; package shop;';
    const customer = `${syntax} message Customer { string name = 1; }`;
    await register('customer.proto', { schema: customer, schemaType: 'PROTOBUF' });
    const schema = `${syntax} import "customer.proto"; import "google/protobuf/timestamp.proto"; message Order { int64 id = 1; Customer customer = 2; google.protobuf.Timestamp at = 3; }`;
    const references = [{ name: 'customer.proto', subject: 'customer.proto', version: 1 }];
    const id = await register('protobuf-value', { schema, schemaType: 'PROTOBUF', references });
    const value = confluentBytes(id, Buffer.from([0, 8, 7, 18, 5, 10, 3, 65, 100, 97, 26, 2, 8, 1]));
    const { plans } = await plansOf([aRecord({ value })], registry.url, 'protobuf.ProtobufConverter');
    const document = replacementOf(plans);
    expect(document.get('id')).toBe(7n);
    expect(document.get('customer')).toEqual(new Map([['name', 'Ada']]));
    expect(document.get('at')).toEqual(new Date(1000));
  });

  it('is asked at its second URL when the first does not answer', async () => {
    const { plans } = await plansOf([order(1, orderId)], `http://127.0.0.1:9,${registry.url}`);
    expect(plans).toMatchObject([{ kind: 'write' }]);
  });

  it('does not know an id, and that record alone is poison', async () => {
    const { plans } = await plansOf([order(1, 999_999), order(2, orderId)], registry.url);
    expect(plans).toMatchObject([
      { kind: 'poison', failure: { code: 'payload_invalid', retryable: false } },
      { kind: 'write' },
    ]);
  });

  it('has no schemas at a wrong path, and no record is to blame', async () => {
    const { plans } = await plansOf([order(1, orderId)], registry.url.replace('/ccompat/v7', '/nowhere'));
    expect(plans).toMatchObject([{ kind: 'unsettled', failure: { code: 'misconfigured' } }]);
  });

  it('holds records while it is away, and they are written when it is back', async () => {
    const { preparation } = await plansOf([], registry.url);
    assert(preparation !== undefined, 'a registry has to be asked first');
    const inner: Sink = {
      write: async ([batch]) => (batch?.records ?? []).map(({ position }) => written(position)),
    };
    const sink = preparation.before(inner, { clock: systemClock, random: Math.random });
    const batches = [{ topicPartition: 'orders-0', records: [order(1, orderId)] }];
    await registry.stop();
    const away = await sink.write(batches, deadlineOf(systemClock.nowMs(), 6_500));
    expect(away.map(inWords)).toEqual(['failed schema_unavailable']);
    await registry.restart();
    // It keeps schemas in memory: the same ones get the same ids.
    await register('customer', { schema: JSON.stringify(CUSTOMER) });
    const references = [{ name: 'shop.Customer', subject: 'customer', version: 1 }];
    expect(await register('orders-value', { schema: JSON.stringify(ORDER), references })).toBe(orderId);
    const back = await sink.write(batches, deadlineOf(systemClock.nowMs(), 30_000));
    expect(back.map(inWords)).toEqual(['written']);
  });
});
