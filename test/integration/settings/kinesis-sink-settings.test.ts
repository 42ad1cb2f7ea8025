import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinesisSettings } from '../../../functions/kinesis-sink/settings/settings.ts';
import { toEnvironment } from '../../../shared/settings/parse-settings.ts';
import {
  type Answer,
  ASSUMED_ACCESS_KEY_ID,
  type AwsServer,
  putRecords,
  startAwsServer,
} from '../../support/aws-server.ts';
import { anEvent, type EventRecordParts } from '../../support/mapping-event.ts';
import { buildFunctions } from './build-functions.ts';
import { type Invoked, lambdaEnvironment, OWN_ACCESS_KEY_ID, startFunctionThread } from './function-thread.ts';

type Settings = Readonly<Record<string, string | number | undefined>>;

const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const ROLE = 'arn:aws:iam::222222222222:role/orders-stream-writer';
const SETTINGS: Settings = {
  stage: 'dev',
  serviceName: 'msk-sinks',
  triggerMode: 'provisioned',
  deadLetterBucket: 'letters-a',
  streamArn: STREAM,
  roleArn: ROLE,
};

/** What one invocation of the built function did. */
interface Seen {
  readonly aws: AwsServer;
  readonly result: Invoked;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

interface Case {
  /** Beside SETTINGS, for both values. */
  readonly settings?: Settings;
  readonly records?: readonly EventRecordParts[];
  /** Made anew for each run. */
  readonly answers?: () => Readonly<Record<string, Answer>>;
  readonly remainingMs?: number;
  readonly look: (seen: Seen) => unknown;
  /** Two values of the setting, and what is seen with each. */
  readonly values: readonly (readonly [value: string | number | undefined, seen: unknown])[];
}

const requestsOf = ({ aws }: Seen) => aws.of('PutRecords').map(({ body }) => body);
const entriesOf = (seen: Seen) => requestsOf(seen).flatMap(({ Records }) => Records);
const partitionKeysOf = (seen: Seen) => entriesOf(seen).map(({ PartitionKey }) => PartitionKey);
const dataOf = (seen: Seen): readonly Buffer[] => entriesOf(seen).map(({ Data }) => Buffer.from(Data, 'base64'));
const KPL_MAGIC = 'f3899ac2';
const isAggregate = (data: Buffer) => data.subarray(0, 4).toString('hex') === KPL_MAGIC;

const TWO_OF_ONE_KEY: readonly EventRecordParts[] = [
  { offset: 1, key: 'order-1', value: '{"n":1}' },
  { offset: 2, key: 'order-1', value: '{"n":2}' },
];
/** Of many lanes and more than two requests. */
const THOUSANDS = Array.from({ length: 2_000 }, (_, offset) => ({ offset, key: `order-${offset}`, value: '{}' }));
/** The pointer leads to nothing: the record is poison. */
const POISON: Partial<Case> = {
  settings: { partitionKey: 'jsonPointer', partitionKeyPointer: '/id' },
  records: [{ offset: 7, key: 'order-1', value: '{"other":1}' }],
};
const withoutSizeOfStream: Answer = () => ({ StreamDescriptionSummary: { StreamStatus: 'ACTIVE' } });

const slowly: Answer = async (call) => {
  await sleep(300); // longer than the next request takes to be made
  return putRecords(call);
};
/** Answers a record's first request late, and its next one at once. */
const lateAtFirst = (): Answer => {
  let requestCount = 0;
  return async (call) => {
    requestCount += 1;
    if (requestCount === 1) await sleep(1_500);
    return putRecords(call);
  };
};

const CASES: Readonly<Record<string, Case>> = {
  stage: {
    look: ({ lines }) => [...new Set(lines.map(({ stage }) => stage))],
    values: [
      ['dev', ['dev']],
      ['prod', ['prod']],
    ],
  },
  serviceName: {
    look: ({ lines }) => [...new Set(lines.map(({ service }) => service))],
    values: [
      ['msk-sinks', ['msk-sinks']],
      ['orders', ['orders']],
    ],
  },
  triggerMode: {
    ...POISON,
    settings: { ...POISON.settings, onPoison: 'block' },
    remainingMs: 6_000,
    look: ({ result }) => ('error' in result ? 'throws' : result.response),
    values: [
      ['provisioned', { batchItemFailures: [{ itemIdentifier: { partition: 'orders-0', offset: 7 } }] }],
      ['onDemand', 'throws'],
    ],
  },
  metrics: {
    look: ({ lines }) => ['RecordsReceived', 'Requests'].filter((name) => lines.some((line) => name in line)),
    values: [
      ['full', ['RecordsReceived', 'Requests']],
      ['essential', ['RecordsReceived']],
    ],
  },
  deadLetterBucket: {
    ...POISON,
    look: ({ aws }) => new Set(aws.of('PUT').map(({ path }) => path.split('/')[1])),
    values: [
      ['letters-a', new Set(['letters-a'])],
      ['letters-b', new Set(['letters-b'])],
    ],
  },
  onPoison: {
    ...POISON,
    remainingMs: 12_000,
    look: ({ aws, result }) => [aws.of('PUT').length > 0, result],
    values: [
      ['deadLetter', [true, { response: { batchItemFailures: [] } }]],
      ['skip', [false, { response: { batchItemFailures: [] } }]],
      [
        'block',
        [false, { response: { batchItemFailures: [{ itemIdentifier: { partition: 'orders-0', offset: 7 } }] } }],
      ],
    ],
  },
  streamArn: {
    look: ({ aws }) => aws.of('PutRecords').map(({ body, region }) => [body.StreamARN, region]),
    values: [
      [STREAM, [[STREAM, 'eu-west-1']]],
      [
        'arn:aws:kinesis:us-east-2:333333333333:stream/bills',
        [['arn:aws:kinesis:us-east-2:333333333333:stream/bills', 'us-east-2']],
      ],
    ],
  },
  roleArn: {
    look: ({ aws }) => [
      aws.of('AssumeRole').map(({ body }) => [body.RoleArn, body.DurationSeconds]),
      aws.of('PutRecords').map(({ accessKeyId }) => accessKeyId),
    ],
    values: [
      [ROLE, [[[ROLE, '3600']], [ASSUMED_ACCESS_KEY_ID]]],
      [undefined, [[], [OWN_ACCESS_KEY_ID]]],
    ],
  },
  externalId: {
    look: ({ aws }) => aws.of('AssumeRole').map(({ body }) => body.ExternalId),
    values: [
      ['external-1', ['external-1']],
      [undefined, [undefined]],
    ],
  },
  sessionName: {
    look: ({ aws }) => aws.of('AssumeRole').map(({ body }) => body.RoleSessionName),
    values: [
      ['doka-{stage}', ['doka-dev']],
      [undefined, [expect.stringMatching(/^msk-sinks-dev-[0-9a-f]{8}$/)]],
    ],
  },
  ordering: {
    records: TWO_OF_ONE_KEY,
    look: (seen) => [requestsOf(seen).length, entriesOf(seen).every(({ ExplicitHashKey }) => ExplicitHashKey)],
    values: [
      ['key', [2, false]],
      ['none', [1, false]],
      ['partition', [2, true]],
    ],
  },
  aggregation: {
    records: TWO_OF_ONE_KEY,
    look: (seen) => dataOf(seen).map(isAggregate),
    values: [
      ['off', [false, false]],
      ['key', [true]],
      ['bucket', [true]],
    ],
  },
  partitionKey: {
    look: partitionKeysOf,
    values: [
      ['key', ['order-1']],
      ['partition', ['orders-0']],
    ],
  },
  partitionKeyPrefix: {
    look: partitionKeysOf,
    values: [
      ['shop', ['shop-order-1']],
      [undefined, ['order-1']],
    ],
  },
  partitionKeyConstant: {
    settings: { partitionKey: 'constant' },
    look: partitionKeysOf,
    values: [
      ['one', ['one']],
      ['two', ['two']],
    ],
  },
  partitionKeyPointer: {
    settings: { partitionKey: 'jsonPointer' },
    records: [{ value: '{"id":"a","other":{"id":7}}' }],
    look: partitionKeysOf,
    values: [
      ['/id', ['a']],
      ['/other/id', ['7']],
    ],
  },
  envelope: {
    look: (seen) => dataOf(seen).map((data) => Object.keys(JSON.parse(data.toString()))),
    values: [
      ['none', [['n']]],
      ['json', [expect.arrayContaining(['topic', 'partition', 'offset', 'key', 'value'])]],
    ],
  },
  tombstone: {
    records: [{ value: null }],
    look: (seen) => dataOf(seen).map(({ length }) => length),
    values: [
      ['empty', [0]],
      ['skip', []],
    ],
  },
  recordKiBMax: {
    records: [{ key: 'order-1', value: 'x'.repeat(1.5 * 1024 * 1024) }],
    answers: () => ({ DescribeStreamSummary: withoutSizeOfStream }),
    look: (seen) => [entriesOf(seen).length, seen.aws.of('PUT').length > 0],
    values: [
      [1_024, [0, true]],
      [1_536, [0, true]], // the partition key counts too
      [1_537, [1, false]],
    ],
  },
  requestsInFlightMax: {
    records: THOUSANDS,
    answers: () => ({ PutRecords: slowly }),
    look: ({ aws }) => [aws.of('PutRecords').length >= 4, aws.openMax('PutRecords')],
    values: [
      [1, [true, 1]],
      [2, [true, 2]],
      [3, [true, 3]],
    ],
  },
  requestTimeoutMs: {
    answers: () => ({ PutRecords: lateAtFirst() }),
    look: (seen) => requestsOf(seen).length > 1,
    values: [
      [1_000, true],
      [10_000, false],
    ],
  },
};

describe('each setting of kinesisSink, as the built function shows it on the wire', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await buildFunctions();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is looked at with two values or more', () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(kinesisSettings.entries).sort());
    for (const { values } of Object.values(CASES)) expect(values.length).toBeGreaterThan(1);
  });

  const rows = Object.entries(CASES).flatMap(([name, { values, ...rest }]) =>
    values.map(([value, seen]) => ({ name, value, seen, ...rest })),
  );
  it.concurrent.for(rows)('$name: $value', async (row, { onTestFinished }) => {
    const aws = await startAwsServer(row.answers?.());
    const settings = { ...SETTINGS, ...row.settings, [row.name]: row.value };
    const thread = startFunctionThread({
      folder: join(folder, 'kinesis-sink'),
      environment: { ...lambdaEnvironment(aws.url), ...toEnvironment(settings) },
    });
    onTestFinished(async () => {
      await thread.stop();
      await aws.stop();
    });
    const result = await thread.invoke(anEvent(row.records ?? [{ value: '{"n":1}' }]), row.remainingMs);
    expect(row.look({ aws, result, lines: thread.lines() })).toEqual(row.seen);
  });
});
