// The trigger with a schema registry that runs: Apicurio Registry over its API that is compatible with Confluent's.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import { type SchemaRegistry, startSchemaRegistry } from '../../local/engines/schema-registry/schema-registry.ts';
import type { FailureLetter } from '../../local/msk-trigger/runtime/destination.ts';
import { avroLong, avroText, confluentBytes } from '../support/avro-bytes.ts';
import { registerSchema } from '../support/register-schema.ts';
import {
  aMapping,
  aTopic,
  caughtUp,
  disconnect,
  FunctionDouble,
  producer,
  start,
  stopAll,
} from './msk-trigger-harness.ts';

let folder: string;
let registry: SchemaRegistry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trigger-registry-'));
  registry = await startSchemaRegistry({ installRoot: INSTALL_ROOT, folder, progress: () => undefined });
});
afterEach(stopAll);
afterAll(async () => {
  await disconnect();
  await registry?.stop();
  await rm(folder, { recursive: true, force: true });
});

const register = (subject: string, body: object) => registerSchema(registry.url, subject, body);

const AVRO = {
  schema: '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"who","type":"string"}]}',
};
const PROTOBUF = {
  schemaType: 'PROTOBUF',
  schema: 'syntax = "proto3"; message Order { int64 id = 1; string who = 2; }',
};
const JSON_SCHEMA = {
  schemaType: 'JSON',
  schema: '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["id"]}',
};

const produceTo = (topic: string, ...values: readonly Buffer[]) =>
  producer.send({ messages: values.map((value) => ({ topic, partition: 0, value })) });
const mappingOf = (topic: string, format: 'JSON' | 'SOURCE' = 'JSON', url = registry.url) =>
  aMapping(topic, {
    schemaRegistry: { url, format, validated: ['value'] },
    destination: { kind: 'kafka', topic: 'letters' },
  });

/** An address of the registry that answers 503 until it is opened. */
async function aFront() {
  let isOpen = false;
  const server = createServer(async (request, response) => {
    const answer = isOpen ? await fetch(new URL(registry.url).origin + request.url) : undefined;
    response.writeHead(answer?.status ?? 503).end(await answer?.text());
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has one
  const open = () => {
    isOpen = true;
  };
  return { open, url: `http://127.0.0.1:${port}${new URL(registry.url).pathname}` };
}

describe('a mapping with a schema registry', () => {
  it('delivers Avro, Protobuf and JSON as JSON, and gives up what the registry refuses', async () => {
    const [avro, protobuf, json] = [
      await register('avro', AVRO),
      await register('protobuf', PROTOBUF),
      await register('json', JSON_SCHEMA),
    ];
    const topic = await aTopic();
    await produceTo(
      topic,
      ...[confluentBytes(avro, avroLong(7), avroText('Ada')), confluentBytes(999_999)],
      ...[
        confluentBytes(protobuf, Buffer.from([0, 8, 7, 18, 3, 65, 100, 97])),
        confluentBytes(json, Buffer.from('{"id":7}')),
      ],
      confluentBytes(json, Buffer.from('{}')),
    );
    const letters: FailureLetter[] = [];
    const sink = new FunctionDouble();
    const putFailure = async (letter: FailureLetter) => void letters.push(letter);
    const trigger = await start(mappingOf(topic), sink, { putFailure });
    await caughtUp(trigger);
    expect(sink.values).toEqual(['{"id":7,"who":"Ada"}', '{"id":"7","who":"Ada"}', '{"id":7}']);
    expect(sink.records).toMatchObject(
      [
        ['AVRO', avro],
        ['PROTOBUF', protobuf],
        ['JSON', json],
      ].map(([dataFormat, id]) => ({ valueSchemaMetadata: { dataFormat, schemaId: String(id) } })),
    );
    const conditions = letters
      .map(({ body }) => JSON.parse(body))
      .map((body) => [...[body.requestContext.condition, body.KafkaBatchInfo.recordInfo.offset, body.responseContext]]);
    expect(conditions).toEqual([
      ['SCHEMA_NOT_FOUND', '1', null],
      ['DESERIALIZATION_ERROR', '4', null],
    ]);
  });

  it('waits while the registry is away, and loses nothing', async () => {
    const id = await register('avro', AVRO);
    const topic = await aTopic();
    await produceTo(topic, confluentBytes(id, avroLong(1), avroText('Ada')));
    const front = await aFront();
    const log: string[] = [];
    const sink = new FunctionDouble();
    const trigger = await start(mappingOf(topic, 'SOURCE', front.url), sink, {
      putFailure: () => Promise.reject(new Error('nothing is given up')),
      log: (message, fields) => log.push(`${message} ${JSON.stringify(fields)}`),
    });
    await vi.waitFor(() => expect(log.join()).toMatch(/schema_registry_failed .*answers 503/), { timeout: 20_000 });
    expect(sink.events).toEqual([]);
    front.open();
    await caughtUp(trigger);
    expect(sink.records.map(({ value }) => value)).toEqual([
      Buffer.concat([avroLong(1), avroText('Ada')]).toString('base64'),
    ]);
  });
});
