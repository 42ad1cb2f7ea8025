import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSameKafka, refuseGroupsOfStart, refuseMembers } from '../../../../cli/trigger/groups.ts';
import { invocationLine } from '../../../../cli/trigger/lines.ts';
import { parseTriggerOptions } from '../../../../cli/trigger/options.ts';
import { planOf } from '../../../../cli/trigger/plan.ts';
import { aMapping, aTemplate, PACKAGED } from '../../local/msk-trigger/mappings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
  mkdirSync(join(folder, 'asset.1', 'src'), { recursive: true });
  writeFileSync(join(folder, 'asset.1', 'src', 'index.mjs'), '');
  writeFileSync(join(folder, 'bundle.cjs'), '');
  writeFileSync(join(folder, 'bundle.zip'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const NEEDED = ['--bootstrap', 'localhost:9092', '--template', 't.json'];

describe('the options', () => {
  const documented = readFileSync('docs/msk-trigger.md', 'utf8').match(/^npm run trigger -- .*$/gm) ?? [];

  it('are taken as the document writes them', () => {
    expect(documented).toHaveLength(3);
    for (const line of documented)
      expect(parseTriggerOptions(line.split(' ').slice(4), {})).toMatchObject({ brokers: { tls: false } });
  });

  it('are named once, or as often as there are functions, parameters and variables', () => {
    const repeated = ['--function', 'A=a', '--function', 'B=b=c', '--parameter', 'P=1', '--env', 'E='];
    expect(parseTriggerOptions([...NEEDED, ...repeated, '--exit'], {})).toMatchObject({
      brokers: { bootstrapServers: 'localhost:9092', tls: false },
      groupPrefix: '',
      code: new Map([
        ['A', 'a'],
        ['B', 'b=c'],
      ]),
      ...{ parameters: { P: '1' }, environment: { E: '' }, exit: true, partialFailureRetry: 'fromLowest' },
    });
  });

  it.each([
    [['--template', 't'], '--bootstrap is missing'],
    [['--bootstrap', 'b:1'], '--template is missing'],
    [['--bootstrap', 'b:1', '--template', 't'], '--group-prefix is missing'],
    [['--bootstrap', 'localhost:1,b:1', '--template', 't'], '--group-prefix is missing'],
    [['--bootstrap', '127.0.0.1.example.com:1', '--template', 't'], '--group-prefix is missing'],
    [[...NEEDED, '--function', 'A'], '--function takes NAME=CODE, got "A"'],
    [[...NEEDED, '--env', '=x'], '--env takes NAME=VALUE'],
    [[...NEEDED, '--partial-failure-retry', 'all'], '--partial-failure-retry must be'],
    [[...NEEDED, '--registry', 'registry'], '--registry must be a URL of http or https'],
    [[...NEEDED, '--topic', 'x'], 'npm run trigger'],
  ])('%j are refused', (args, problem) => {
    expect(() => parseTriggerOptions(args, {})).toThrow(problem);
  });
});

const SINK = {
  Type: 'AWS::Lambda::Function',
  Metadata: { 'aws:asset:path': 'asset.1' },
  Properties: { FunctionName: 'sink', Handler: 'src/index.api.run', Runtime: 'nodejs24.x' },
};

interface Changes {
  readonly mapping?: object;
  readonly sink?: object;
  readonly code?: readonly string[];
  readonly groupPrefix?: string;
}

function plan(changes: Changes = {}) {
  const template = Object(aTemplate({ Mapping: { ...PACKAGED, ...changes.mapping } }));
  template.Resources.KinesisSinkLambdaFunction = { ...SINK, ...changes.sink };
  return planOf(JSON.stringify(template), {
    ...{ templateFile: join(folder, 't.json'), parameters: {}, environment: {}, registryUrl: undefined },
    groupPrefix: changes.groupPrefix ?? '',
    code: new Map((changes.code ?? []).map((file) => ['sink', join(folder, file)])),
  });
}

describe('the consumer groups', () => {
  it.each(['127.0.0.1:9092', 'LOCALHOST:9092,127.1.2.3:1', '[::1]:9092'])(
    'are those of the mappings on this machine: %s',
    (bootstrap) => {
      expect(parseTriggerOptions(['--bootstrap', bootstrap, '--template', 't'], {})).toMatchObject({ groupPrefix: '' });
    },
  );

  it('are what the user writes elsewhere', () => {
    const elsewhere = ['--bootstrap', 'b:9092', '--template', 't'];
    for (const prefix of ['', 'ann-']) {
      expect(parseTriggerOptions([...elsewhere, `--group-prefix=${prefix}`], {})).toMatchObject({
        groupPrefix: prefix,
      });
    }
  });

  it('have the prefix in front', () => {
    const [own] = plan().mappings;
    expect(plan({ groupPrefix: 'ann-' }).mappings).toMatchObject([{ consumerGroupId: `ann-${own?.consumerGroupId}` }]);
  });

  it('are refused where npm start reads with them on the same Kafka', () => {
    const { mappings } = plan();
    const [own] = mappings;
    expect(() => refuseGroupsOfStart(mappings, ['other', own?.consumerGroupId ?? ''])).toThrow(
      `npm start reads with the group ${own?.consumerGroupId}, and every record would be delivered twice`,
    );
    expect(() =>
      refuseGroupsOfStart(plan({ groupPrefix: 'ann-' }).mappings, [own?.consumerGroupId ?? '']),
    ).not.toThrow();
    expect(['localhost:9092', '[::1]:9092'].map((other) => isSameKafka('127.0.0.1:9092', other))).toEqual([true, true]);
    expect(isSameKafka('127.0.0.1:9092', '127.0.0.1:9093')).toBe(false);
  });

  it('are refused where they have members', async () => {
    const { mappings } = plan({ groupPrefix: 'ann-' });
    const asked: string[] = [];
    const groupsWith = (count: number) => ({
      memberCount: (group: string) => {
        asked.push(group);
        return Promise.resolve(count);
      },
    });
    await expect(refuseMembers(mappings, groupsWith(0))).resolves.toBeUndefined();
    await expect(refuseMembers(mappings, groupsWith(2))).rejects.toThrow('has 2 member(s)');
    expect(asked).toEqual([mappings[0]?.consumerGroupId, mappings[0]?.consumerGroupId]);
  });
});

describe('the code of a function', () => {
  it('is in the folder that AWS CDK names', () => {
    expect(plan().functions).toMatchObject([{ codeFolder: join(folder, 'asset.1'), handler: 'src/index.api.run' }]);
  });

  it('is the bundle that is named, with the export of the template', () => {
    expect(plan({ code: ['bundle.cjs'] }).functions).toMatchObject([{ codeFolder: folder, handler: 'bundle.api.run' }]);
  });

  it.each([
    ['that does not exist', { code: ['none.js'] }, /none\.js does not exist: name the code with --function Kinesis/],
    [
      'that is an archive',
      { code: ['bundle.zip'] },
      /is neither a folder nor a file of JavaScript .*unpack or build it/,
    ],
    [
      'without the handler',
      { sink: { Metadata: {} } },
      /src\/index with \.js, \.mjs, \.cjs does not exist, .*--function/,
    ],
  ])('%s is asked for', (_what, changes, problem) => {
    expect(() => plan(changes)).toThrow(problem);
  });

  it('is not taken for a function that no mapping invokes', () => {
    const options = {
      templateFile: join(folder, 't.json'),
      parameters: {},
      environment: {},
      registryUrl: undefined,
      groupPrefix: '',
      code: new Map([['x', 'y']]),
    };
    const template = Object(aTemplate({ Mapping: PACKAGED }));
    template.Resources.KinesisSinkLambdaFunction = SINK;
    expect(() => planOf(JSON.stringify(template), options)).toThrow('--function x: no mapping invokes a function');
  });
});

describe('a template', () => {
  it('runs only what is enabled, and says what does not run', () => {
    expect(() => plan({ mapping: { Enabled: false } })).toThrow('every event source mapping for MSK is disabled');
    const layers = { sink: { ...SINK, Properties: { ...SINK.Properties, Layers: ['arn'] } } };
    expect(plan(layers).notes).toEqual([expect.stringContaining('its layers are not loaded')]);
  });

  it.each([
    ['{', /t\.json is neither JSON nor YAML/],
    ['{"Resources":{}}', /has no AWS::Lambda::EventSourceMapping for MSK/],
    ['[]', /t\.json: the template has no Resources/],
    [
      JSON.stringify(aTemplate({ M: { ...PACKAGED, BatchSizes: 1 } })),
      /t\.json: .*\n.*M\.BatchSizes: is not a property/,
    ],
    [JSON.stringify(aTemplate({ M: PACKAGED })), /KinesisSinkLambdaFunction\.Runtime: is missing/],
  ])('is refused: %.30s', (text, problem) => {
    const options = {
      templateFile: 't.json',
      parameters: {},
      environment: {},
      registryUrl: undefined,
      groupPrefix: '',
      code: new Map(),
    };
    expect(() => planOf(text, options)).toThrow(problem);
  });
});

describe('the line of an invocation', () => {
  const parts = [
    { partition: 0, firstOffset: 4, lastOffset: 15, recordCount: 12 },
    { partition: 2, firstOffset: 7, lastOffset: 7, recordCount: 1 },
  ];

  it('says what was sent and what came back', () => {
    const answered = { kind: 'answered', payload: '{"batchItemFailures":[{}]}', durationMs: 8.3 } as const;
    expect(invocationLine(aMapping(), parts, answered)).toBe(
      'OrdersMapping: 13 records of orders-0@4..15, orders-2@7..7 answered in 8 ms, 1 named as failed',
    );
    expect(invocationLine(aMapping(), parts.slice(1), { ...answered, payload: 'null' })).toBe(
      'OrdersMapping: 1 record of orders-2@7..7 answered in 8 ms',
    );
    const failed = { kind: 'failed', errorType: 'TypeError', errorMessage: 'no', durationMs: 1 } as const;
    expect(invocationLine(aMapping(), parts.slice(1), failed)).toContain('failed after 1 ms: TypeError no');
  });
});
