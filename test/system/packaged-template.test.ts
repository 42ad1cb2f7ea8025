// What `npx serverless package --stage dev` makes, without credentials, network or a home of its own.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentdbSettings } from '../../functions/documentdb-sink/settings.ts';
import { kinesisSettings } from '../../functions/kinesis-sink/settings/settings.ts';
import { readMappings } from '../../local/msk-trigger/mapping/read-mappings.ts';
import { type PackagedTemplate, PROJECT_ROOT, packageTemplate } from '../../local/pipeline/package-template.ts';
import { settingsFromEnvironment } from '../../shared/settings/parse-settings.ts';
import { readBundle } from '../support/bundle.ts';
import { copyProject, type ProjectCopy } from '../support/deploy/project-copy.ts';
import { serverless } from '../support/serverless.ts';
import { zipNames } from '../support/zip-names.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

let folder: string;
let dev: PackagedTemplate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
  for (const name of Object.keys(process.env).filter((each) => each.startsWith('AWS_'))) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', folder);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  dev = await packageTemplate({ stage: 'dev', folder: join(folder, 'package') });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const resources = () => (dev.template as { readonly Resources: Readonly<Record<string, Resource>> }).Resources;
const ofType = (type: string) => Object.entries(resources()).filter(([, { Type }]) => Type === type);

const functions = [
  { name: 'kinesisSink', id: 'KinesisSink', bundle: 'kinesis-sink' },
  { name: 'documentdbSink', id: 'DocumentdbSink', bundle: 'documentdb-sink' },
];

describe.each(functions)('the mapping of $name', ({ name, id }) => {
  const properties = () => resources()[`${id}MappingOrders`]?.Properties;

  it('asks for partial answers, and has the pollers without which Lambda would ignore them', () => {
    expect(properties()).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 3, PollerGroupName: `msk-sinks-dev-${name}` },
    });
  });

  it('repeats 10,000 times, at any age, and then keeps what it gives up', () => {
    expect(properties()).toMatchObject({
      MaximumRetryAttempts: 10_000,
      BisectBatchOnFunctionError: name === 'documentdbSink',
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetterBucket', 'Arn'] } } },
    });
    expect(properties()).not.toHaveProperty('MaximumRecordAgeInSeconds');
    expect(resources()).toHaveProperty('DeadLetterBucket.DeletionPolicy', 'Retain');
  });

  it('invokes a function of the template', () => {
    expect(properties()).toMatchObject({ FunctionName: { 'Fn::GetAtt': [`${id}LambdaFunction`, 'Arn'] } });
    expect(resources()).toHaveProperty(`${id}LambdaFunction.Type`, 'AWS::Lambda::Function');
  });
});

describe('the packaged template', () => {
  it('has no other mapping, and each is one the local trigger understands', () => {
    expect(ofType('AWS::Lambda::EventSourceMapping').map(([logicalId]) => logicalId)).toEqual([
      'KinesisSinkMappingOrders',
      'DocumentdbSinkMappingOrders',
    ]);
    expect(readMappings(dev.template).map(({ consumerGroupId }) => consumerGroupId)).toEqual([
      'msk-sinks-dev-kinesisSink-orders',
      'msk-sinks-dev-documentdbSink-orders',
    ]);
  });

  it('gives each function an environment of plain strings that the function takes', () => {
    const [kinesisSink, documentdbSink] = dev.functions;
    expect(settingsFromEnvironment(kinesisSettings, kinesisSink?.environment ?? {})).toMatchObject({
      stage: 'dev',
      triggerMode: 'provisioned',
      streamArn: 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders',
    });
    expect(settingsFromEnvironment(documentdbSettings, documentdbSink?.environment ?? {})).toMatchObject({
      stage: 'dev',
      triggerMode: 'provisioned',
      database: 'shop',
    });
  });

  it('gives each function a role of its own, and no other role is made', () => {
    expect(ofType('AWS::IAM::Role').map(([logicalId]) => logicalId)).toEqual(['KinesisSinkRole', 'DocumentdbSinkRole']);
    for (const { id } of functions) {
      expect(resources()[`${id}LambdaFunction`]?.Properties).toMatchObject({
        Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
      });
    }
  });

  it('puts the function that reaches DocumentDB into its VPC, and the other into none', () => {
    expect(resources()['DocumentdbSinkLambdaFunction']?.Properties).toMatchObject({
      VpcConfig: {
        SubnetIds: ['subnet-0aaaaaaaaaaaaaaaa', 'subnet-0bbbbbbbbbbbbbbbb'],
        SecurityGroupIds: ['sg-0cccccccccccccccc'],
      },
    });
    expect(resources()['KinesisSinkLambdaFunction']?.Properties).not.toHaveProperty('VpcConfig');
  });
});

describe.each(functions)('the package of $name', ({ name, bundle }) => {
  it('holds what was built for it, and nothing else', async () => {
    const built = (await readdir(join(folder, 'package', 'dist', bundle))).map((file) => `dist/${bundle}/${file}`);
    const packed = await zipNames(join(folder, 'package', `${name}.zip`));
    expect(packed.toSorted()).toEqual(built.toSorted());
    expect(packed).toEqual(expect.arrayContaining([`dist/${bundle}/index.js`, `dist/${bundle}/package.json`]));
  });
});

describe('the packaging', () => {
  it('gives DocumentDB alone the certificates of its region', async () => {
    expect(await readdir(join(folder, 'package', 'dist', 'documentdb-sink'))).toContain('ca-bundle.pem');
    expect(await readdir(join(folder, 'package', 'dist', 'kinesis-sink'))).not.toContain('ca-bundle.pem');
  });
});

/** Measured on 2026-11-30: 347 KB and 693 KB. A cold start reads and compiles every byte of them. */
const budgets = [
  {
    bundle: 'kinesis-sink',
    startBytesMax: 348_000,
    atStart: ['@aws-sdk/client-kinesis', '@aws-sdk/client-sts', 'valibot'],
    lazy: ['@aws-sdk/client-s3'],
    never: ['mongodb', '@aws-sdk/client-secrets-manager'],
  },
  {
    bundle: 'documentdb-sink',
    startBytesMax: 695_000,
    atStart: ['mongodb', 'bson', 'valibot'],
    lazy: ['@aws-sdk/client-s3', '@aws-sdk/client-secrets-manager'],
    never: ['@aws-sdk/client-kinesis', 'whatwg-url'],
  },
];

describe.each(budgets)('a cold start of $bundle', ({ bundle, startBytesMax, atStart, lazy, never }) => {
  const read = () => readBundle(join(folder, 'package', 'dist', bundle));

  it(`loads less than ${startBytesMax} bytes of code`, () => {
    const built = read();
    expect(built.bytesOf(built.atStart)).toBeLessThan(startBytesMax);
  });

  it('sets its option of V8, of which nothing but the processor time would tell', () => {
    const built = read();
    const sources = built.atStart.flatMap((file) => [...built.sourcesOf(file)]);
    expect(sources).toContain('shared/settings/v8-options.ts');
  });

  it('leaves for later what only some invocations need', () => {
    const built = read();
    const first = built.packagesOf(built.atStart);
    const later = built.packagesOf(built.lazy);
    expect(atStart.filter((name) => !first.has(name))).toEqual([]);
    expect(lazy.filter((name) => first.has(name) || !later.has(name))).toEqual([]);
    expect(never.filter((name) => first.has(name) || later.has(name))).toEqual([]);
  });
});

describe('the bundle of documentdbSink', () => {
  it('keeps single message transforms in a chunk of their own: other files load not a byte of them', () => {
    const { lazy, atStart, sourcesOf } = readBundle(join(folder, 'package', 'dist', 'documentdb-sink'));
    const isTransform = (source: string) => source.startsWith('functions/documentdb-sink/connector/transforms/');
    const chunks = [...lazy, ...atStart].filter((file) => sourcesOf(file).some(isTransform));
    expect(chunks).toHaveLength(1);
    const others = chunks.flatMap(sourcesOf).filter((source) => !isTransform(source));
    expect(others.filter((source) => !source.includes('/java/simple-date/'))).toEqual([]);
    expect(chunks.filter((file) => atStart.includes(file))).toEqual([]);
  });

  it('keeps what asks a schema registry in a chunk of its own, beside the one with the transforms', () => {
    const { lazy, atStart, sourcesOf } = readBundle(join(folder, 'package', 'dist', 'documentdb-sink'));
    const isOfRegistry = (source: string) => source.startsWith('functions/documentdb-sink/connector/registry/');
    const chunks = [...lazy, ...atStart].filter((file) => sourcesOf(file).some(isOfRegistry));
    expect(chunks.filter((file) => atStart.includes(file) || !sourcesOf(file).every(isOfRegistry))).toEqual([]);
  });
});

/** What a stage's file says and its template must have. */
const stages = [
  { stage: 'qa', account: '333333333333', cluster: 'orders-qa', retention: 14, pollers: [1, 3], letterDays: 365 },
  { stage: 'prod', account: '555555555555', cluster: 'orders-prod', retention: 90, pollers: [2, 12], letterDays: 730 },
] as const;

describe('each stage file of the project', () => {
  it('is packaged: dev above, local by the tests that run it, and the others below', async () => {
    const files = (await readdir(join(PROJECT_ROOT, 'config'))).filter((name) => name.endsWith('.yml'));
    const names = ['dev', 'local', ...stages.map(({ stage }) => stage)];
    expect(files.toSorted()).toEqual(names.map((name) => `${name}.yml`).toSorted());
  });
});

describe.each(stages)('the stage $stage', ({ stage, account, cluster, retention, pollers, letterDays }) => {
  let packaged: Readonly<Record<string, Resource>>;
  beforeAll(async () => {
    const { template } = await packageTemplate({ stage, folder: join(folder, stage) });
    packaged = (template as { readonly Resources: Readonly<Record<string, Resource>> }).Resources;
  });

  it.each(functions)('has a mapping of $name for each topic, with the pollers of the stage', ({ name, id }) => {
    for (const topic of ['orders', 'returns']) {
      const { Properties } = packaged[`${id}Mapping${topic.replace(/^./, (first) => first.toUpperCase())}`] as Resource;
      expect(Properties).toMatchObject({
        EventSourceArn: expect.stringMatching(`^arn:aws:kafka:eu-west-1:${account}:cluster/${cluster}/`),
        Topics: [topic],
        Enabled: true,
        StartingPosition: 'TRIM_HORIZON',
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: `msk-sinks-${stage}-${name}-${topic}` },
        ProvisionedPollerConfig: {
          MinimumPollers: pollers[0],
          MaximumPollers: pollers[1],
          PollerGroupName: `msk-sinks-${stage}-${name}`,
        },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        Tags: [{ Key: 'environment', Value: stage }],
      });
    }
    expect(Object.keys(packaged).filter((logicalId) => logicalId.startsWith(`${id}Mapping`))).toHaveLength(2);
  });

  it.each(functions)('has names of its own for $name, and keeps its log lines as long as it says', ({ name, id }) => {
    expect(packaged[`${id}LambdaFunction`]?.Properties).toMatchObject({
      FunctionName: `msk-sinks-${stage}-${name}`,
      Tags: [{ Key: 'environment', Value: stage }],
    });
    expect(packaged[`${id}LogGroup`]?.Properties).toEqual({
      LogGroupName: `/aws/lambda/msk-sinks-${stage}-${name}`,
      RetentionInDays: retention,
    });
    expect(packaged[`${id}Role`]?.Properties['RoleName']).toBe(
      `msk-sinks-${stage}-${name === 'kinesisSink' ? 'kinesis' : 'documentdb'}`,
    );
  });

  it('has a dead-letter bucket of its own', () => {
    expect(packaged['DeadLetterBucket']?.Properties).toMatchObject({
      BucketName: `msk-sinks-${stage}-${account}-dead-letters`,
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: letterDays }] },
      Tags: [{ Key: 'environment', Value: stage }],
    });
  });

  it('is one whose mappings the local trigger understands', () => {
    expect(readMappings({ Resources: packaged })).toHaveLength(4);
  });
});

describe('a stage file that is wrong', () => {
  const stage = 'wrong';
  let project: ProjectCopy;
  beforeAll(async () => {
    project = await copyProject(join(folder, 'project'));
  });
  const writeStage = (text: string) => writeFile(join(project.folder, 'config', `${stage}.yml`), text);
  const packageIt = (name: string) =>
    serverless(['package', '--stage', name], { home: folder, cwd: project.folder, timeoutMs: 60_000 });

  it('stops the packaging with every problem once, and with nothing but the problems', async () => {
    await writeStage(
      [
        'accountId: 111111111111',
        'region: Ireland',
        'cluster: { arn: "arn:aws:kafka:eu-west-1:<account>:cluster/orders/1" }',
        'trigger:',
        '  topics: []',
        '  batchWindowSeconds: 5s',
        'kinesisSink: { streamArn: orders, retries: 3, retry: 3 }',
        'documentdbSink: { secretArn: "", database: shop, securityGroupIds: [sg-0cccccccccccccccc] }',
        '',
      ].join('\n'),
    );
    const { exitCode, stdout, stderr } = await packageIt(stage);
    expect(exitCode).toBe(1);
    expect(`${stdout}${stderr}`.trimEnd().split('\n')).toEqual([
      `config/${stage}.yml has 10 problem(s):`,
      '  - accountId must be an account id of 12 digits, in quotes',
      '  - region must be a region like eu-west-1',
      expect.stringMatching(/^ {2}- cluster\.arn contains a placeholder/),
      '  - trigger.topics must name at least one topic',
      '  - trigger.batchWindowSeconds must be a whole number of seconds from 0 to 300, got "5s"',
      expect.stringMatching(/^ {2}- kinesisSink\.streamArn must be an ARN like/),
      '  - kinesisSink.retries is not a setting',
      '  - kinesisSink.retry is not a setting',
      expect.stringMatching(/^ {2}- documentdbSink\.secretArn must be an ARN like/),
      '  - documentdbSink.subnetIds is missing',
    ]);
  });

  it.each([
    ['is not YAML', 'trigger: [\n', /^Cannot parse "config\/wrong\.yml": unexpected end of the stream/],
    ['is empty', '', /^config\/wrong\.yml does not exist or is empty: create it/],
  ])('that %s says so, once', async (_what, text, message) => {
    await writeStage(text);
    const { exitCode, stdout, stderr } = await packageIt(stage);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(`${stdout}${stderr}`.match(/Cannot parse|does not exist/g)).toHaveLength(1);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('or that is not there says what to write', async () => {
    const { exitCode, stderr } = await packageIt('nobody-wrote-it');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^config\/nobody-wrote-it\.yml does not exist.*\n$/);
  });
});
