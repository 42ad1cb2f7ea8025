// Lambda's rules for Kafka event source mappings, one test a rule, with the page that states it. The files beside this one
// try each rule at its edges; what needs a broker or a process is in test/integration.
import { describe, expect, it } from 'vitest';
import { pollersFor } from '../../../../local/msk-trigger/machine/scaling.ts';
import { machineSettings } from '../../../../local/msk-trigger/machine/settings.ts';
import { readMappings } from '../../../../local/msk-trigger/mapping/read-mappings.ts';
import { createRegistry } from '../../../../local/msk-trigger/registry/registry.ts';
import { validateArrival } from '../../../../local/msk-trigger/registry/validate-arrival.ts';
import { failureLetters } from '../../../../local/msk-trigger/runtime/destination.ts';
import { recordSerializer } from '../../../../local/msk-trigger/runtime/event.ts';
import { avroLong, confluentBytes } from '../../../support/avro-bytes.ts';
import { failures, Harness, records, SUCCESS, THROWN } from './harness.ts';
import { aMapping, aTemplate, PACKAGED } from './mappings.ts';

const DOCS = 'https://docs.aws.amazon.com/lambda/latest/dg';

const answered = (payload: string) => ({ kind: 'answered', payload }) as const;
const fourRecords = (settings: ConstructorParameters<typeof Harness>[0] = {}) =>
  new Harness(settings).arrive(0, records(0, 3));

describe(`a response (${DOCS}/kafka-retry-configurations.html)`, () => {
  it.each(['null', '{}', '{"batchItemFailures":[]}', '{"batchItemFailures":null}'])('%s is success', (payload) => {
    expect(fourRecords().end(answered(payload)).commits).toEqual({ 'orders-0': [4] });
  });

  it('that lists items repeats these items', () => {
    const harness = fourRecords()
      .end(failures(['orders-0', 2]))
      .pass(100);
    expect(harness.sent).toEqual([{ 'orders-0': [2] }]);
  });

  it.each([
    ['an offset that was not sent', '{"batchItemFailures":[{"itemIdentifier":{"partition":"orders-0","offset":9}}]}'],
    ['a partition that was not sent', '{"batchItemFailures":[{"itemIdentifier":{"partition":"orders-7","offset":1}}]}'],
    ['a text for an identifier', '{"batchItemFailures":[{"itemIdentifier":"orders-0"}]}'],
    [
      'the name of an earlier edition of the page',
      '{"batchItemFailures":[{"itemIdentifier":{"topic-partition":"orders-0","offset":1}}]}',
    ],
    ['no JSON', 'ok'],
  ])('with %s repeats the whole batch', (_what, payload) => {
    expect(fourRecords().end(answered(payload)).pass(100).sent).toEqual([{ 'orders-0': [0, 1, 2, 3] }]);
  });

  it('is not read without FunctionResponseTypes: any is success', () => {
    expect(fourRecords({ reportsItemFailures: false }).end(failures(['orders-0', 0])).commits).toEqual({
      'orders-0': [4],
    });
  });
});

describe(`retries (${DOCS}/kafka-retry-configurations.html)`, () => {
  it('of MaximumRetryAttempts do not count the first invocation', () => {
    const harness = fourRecords({ retriesMax: 1 }).end(THROWN).pass(100).end(THROWN).pass(100);
    expect(harness.machine.counters()).toMatchObject({ invocationsStarted: 2, invocationsRetried: 1 });
    expect(harness.sent).toEqual([]);
  });

  it(`of -1 beside a destination are ten (${DOCS}/kafka-on-failure-destination.html)`, () => {
    const mapping = aMapping({
      retriesMax: Number.POSITIVE_INFINITY,
      destination: { kind: 's3', bucketArn: 'arn:aws:s3:::letters' },
    });
    expect(machineSettings(mapping, { partialFailureRetry: 'listedOnly', envelopeBytes: 1 }).retriesMax).toBe(10);
  });

  it('end with a record that is older than MaximumRecordAgeInSeconds', () => {
    const harness = fourRecords({ recordAgeMaxMs: 60_000 }).end(THROWN).pass(60_001);
    expect(harness.sent).toEqual([]);
    expect(harness.machine.counters().recordsDropped.RecordAgeExceeded).toBe(4);
  });

  it('after a thrown error are of halves with BisectBatchOnFunctionError', () => {
    expect(fourRecords({ bisects: true }).end(THROWN).pass(100).sent).toEqual([{ 'orders-0': [0, 1] }]);
  });

  it('of a partition come before its newer records', () => {
    const harness = fourRecords()
      .end(failures(['orders-0', 3]))
      .arrive(0, records(4, 7));
    expect(harness.sent).toEqual([]);
    expect(harness.pass(100).sent).toEqual([{ 'orders-0': [3] }]);
  });
});

describe(`batches (${DOCS}/services-consume-kafka-events.html)`, () => {
  it('hold records of several partitions', () => {
    const harness = new Harness().arrive(0, records(0, 1)).arrive(1, records(0, 1));
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1], 'orders-1': [0, 1] }]);
  });

  it('are sent when the window is over, the batch is full, or the payload is', () => {
    expect(new Harness().arrive(0, records(0)).pass(1_000).sent).toHaveLength(1);
    expect(new Harness().arrive(0, records(0, 3)).sent).toHaveLength(1);
    expect(new Harness().arrive(0, records(0, 1, { bytes: 9_000 })).sent).toEqual([{ 'orders-0': [0] }]);
  });

  it('of a partition are never in two invocations at once, and commits follow success', () => {
    const harness = new Harness().arrive(0, records(0, 7));
    expect(harness.sent).toHaveLength(1);
    expect(harness.commits).toEqual({});
    expect(harness.end(SUCCESS).commits).toEqual({ 'orders-0': [4] });
    expect(harness.sent).toEqual([{ 'orders-0': [4, 5, 6, 7] }]);
  });

  it(`are at most five at once for a poller (${DOCS}/kafka-scaling-modes.html)`, () => {
    const positions = new Map(Array.from({ length: 7 }, (_, partition) => [partition, 0]));
    const harness = new Harness({}, positions);
    for (const partition of positions.keys()) harness.arrive(partition, records(0, 3));
    expect(harness.sent).toHaveLength(5);
  });

  it(`are of one poller's partitions, and the lag adds pollers up to MaximumPollers and the partitions (${DOCS}/kafka-scaling-modes.html)`, () => {
    const harness = new Harness({}, new Map([0, 1, 2].map((partition) => [partition, 0])));
    const load = { pollers: 1, partitions: 3, lag: 9_000, lagBefore: 0, consumed: 10 };
    expect(pollersFor(load, aMapping({ pollers: { min: 1, max: 2 } }))).toBe(2);
    expect(pollersFor({ ...load, pollers: 2 }, aMapping({ pollers: { min: 1, max: 200 } }))).toBe(3);
    harness.scaledTo(3);
    for (const partition of [0, 1, 2]) harness.arrive(partition, records(0));
    expect(harness.pass(1_000).sent).toEqual([{ 'orders-0': [0] }, { 'orders-1': [0] }, { 'orders-2': [0] }]);
  });

  it(`leave out a record that fits none: it is given up with MaximumPayloadSizeExceeded (${DOCS}/kafka-on-failure.html)`, () => {
    const harness = new Harness({ hasDestination: true }).arrive(0, records(0, 0, { bytes: 10_000 }));
    expect(harness.deliveries[0]?.failure).toMatchObject({
      condition: 'MaximumPayloadSizeExceeded',
      lastResponse: undefined,
    });
  });
});

describe(`a schema registry (${DOCS}/services-consume-kafka-events.html)`, () => {
  const given = async (value: Buffer, format: 'JSON' | 'SOURCE') => {
    const text = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"}]}';
    const schema = { type: 'AVRO', text, references: new Map() };
    const fetch = async (id: string) =>
      id === '7' ? { kind: 'found' as const, schema } : { kind: 'unknown' as const };
    const registry = createRegistry({ fetch }, new AbortController().signal);
    const serialize = recordSerializer('orders', 0);
    const record = serialize({
      ...{ offset: 0, timestampMs: 0, timestampType: 'CREATE_TIME', headers: [] },
      key: null,
      value,
    });
    const settings = { url: 'http://registry', format, validated: ['value'] as const };
    const { records: validated } = await validateArrival({ partition: 0, records: [record] }, settings, registry);
    const event: { readonly value: string; readonly valueSchemaMetadata?: object } = JSON.parse(
      validated[0]?.json ?? '',
    );
    return {
      refusal: validated[0]?.refusal,
      metadata: event.valueSchemaMetadata,
      value: Buffer.from(event.value, 'base64'),
    };
  };

  it('makes JSON of a validated attribute, or takes the id of the schema away, and adds the metadata of the schema', async () => {
    const metadata = { dataFormat: 'AVRO', schemaId: '7' };
    const value = confluentBytes(7, avroLong(5));
    expect(await given(value, 'JSON')).toEqual({ refusal: undefined, metadata, value: Buffer.from('{"id":5}') });
    expect(await given(value, 'SOURCE')).toEqual({ refusal: undefined, metadata, value: avroLong(5) });
  });

  it('gives up what has no schema or does not fit it, without an invocation', async () => {
    expect((await given(confluentBytes(8), 'JSON')).refusal).toBe('SCHEMA_NOT_FOUND');
    expect((await given(confluentBytes(7), 'JSON')).refusal).toBe('DESERIALIZATION_ERROR');
    const harness = new Harness({ hasDestination: true }).arrive(0, records(0, 0, { refusal: 'SCHEMA_NOT_FOUND' }));
    expect(harness.sent).toEqual([]);
    expect(harness.deliveries[0]?.failure).toMatchObject({ condition: 'SCHEMA_NOT_FOUND', lastResponse: undefined });
  });
});

describe(`what is given up (${DOCS}/kafka-on-failure-destination.html)`, () => {
  const record = recordSerializer(
    'orders',
    0,
  )({
    offset: 15,
    timestampMs: 0,
    timestampType: 'CREATE_TIME',
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: [],
  });
  const failure = {
    condition: 'RetryAttemptsExhausted' as const,
    invokeCount: 6,
    lastResponse: 'functionError' as const,
    batch: [{ topicPartition: 'orders-0', partition: 0, records: [record] }],
  };
  const bodies = (destination: Parameters<typeof failureLetters>[0]['destination']) =>
    failureLetters(
      {
        destination,
        source: { eventSourceArn: 'arn', bootstrapServers: 'b:9098' },
        ...{ functionArn: 'function', mappingId: 'mapping', requestId: 'request', atMs: 0 },
      },
      failure,
    ).map(({ body }) => JSON.parse(body));

  it('is dropped without a destination, and the partition goes on', () => {
    expect(fourRecords({ retriesMax: 0 }).end(THROWN).commits).toEqual({ 'orders-0': [4] });
  });

  it('is committed once the destination has it', () => {
    const harness = fourRecords({ retriesMax: 0, hasDestination: true }).end(THROWN);
    expect(harness.commits).toEqual({});
    expect(harness.delivered().commits).toEqual({ 'orders-0': [4] });
  });

  it('is metadata and the whole event as text for a bucket, metadata alone for a queue, a message a record for Kafka', () => {
    const [forBucket] = bodies({ kind: 's3', bucketArn: 'arn:aws:s3:::letters' });
    expect(forBucket).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 6 },
      KafkaBatchInfo: {
        batchSize: 1,
        recordsInfo: { 'orders-0': { firstRecordOffset: '15', lastRecordOffset: '15' } },
      },
      payload: expect.stringContaining('"offset":15'),
    });
    expect(bodies({ kind: 'sqs', queueArn: 'arn:aws:sqs:eu-west-1:1:letters' })[0]).not.toHaveProperty('payload');
    expect(bodies({ kind: 'kafka', topic: 'orders-dlt' })).toEqual([
      expect.objectContaining({ payload: expect.objectContaining({ eventSource: 'aws:kafka' }) }),
    ]);
  });
});

describe('what Lambda refuses, by the name of the property', () => {
  const refusalOf = (properties: object) => {
    try {
      readMappings(aTemplate({ OrdersMapping: properties }));
      return 'nothing';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  const { ProvisionedPollerConfig: _, ...WITHOUT_POLLERS } = PACKAGED;

  it.each([
    [
      `partial answers without pollers (${DOCS}/kafka-retry-configurations.html)`,
      WITHOUT_POLLERS,
      'FunctionResponseTypes',
    ],
    [`retries without pollers (${DOCS}/kafka-retry-configurations.html)`, WITHOUT_POLLERS, 'MaximumRetryAttempts'],
    [
      `bisecting without pollers (${DOCS}/kafka-retry-configurations.html)`,
      WITHOUT_POLLERS,
      'BisectBatchOnFunctionError',
    ],
    [`two topics (${DOCS}/msk-esm-parameters.html)`, { ...PACKAGED, Topics: ['orders', 'returns'] }, 'Topics'],
    [
      `no start (${DOCS}/kafka-starting-positions.html)`,
      { ...PACKAGED, StartingPosition: undefined },
      'StartingPosition',
    ],
    [
      `a start at no time (${DOCS}/kafka-starting-positions.html)`,
      { ...PACKAGED, StartingPosition: 'AT_TIMESTAMP' },
      'StartingPositionTimestamp',
    ],
    [
      `a function that runs longer than 14 minutes (${DOCS}/with-kafka-troubleshoot.html)`,
      { ...PACKAGED, FunctionName: { 'Fn::GetAtt': ['SlowLambdaFunction', 'Arn'] } },
      'FunctionName',
    ],
  ])('%s', (_what, properties, name) => {
    expect(refusalOf(properties)).toContain(`OrdersMapping.${name}`);
  });

  it(`two mappings of one consumer group (${DOCS}/kafka-consumer-group-id.html)`, () => {
    expect(() => readMappings(aTemplate({ OrdersMapping: PACKAGED, OtherMapping: PACKAGED }))).toThrow(
      'OtherMapping.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId',
    );
  });
});

describe('a consumer group', () => {
  it(`with committed offsets starts there, whatever StartingPosition says (${DOCS}/kafka-consumer-group-id.html)`, () => {
    const harness = new Harness({}, new Map([[0, 2]])).arrive(0, records(0, 5));
    expect(harness.sent).toEqual([{ 'orders-0': [2, 3, 4, 5] }]);
  });
});
