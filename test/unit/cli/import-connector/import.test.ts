import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseImportOptions } from '../../../../cli/import-connector/options.ts';
import { type ImportResult, importFile } from '../../../../cli/import-connector/run.ts';
import { decodeText } from '../../../../infra/stage-file/decode-text.ts';
import { projectSurroundings, type Surroundings } from '../../../../infra/stage-file/project-files.ts';
import { readStageFile } from '../../../../infra/stage-file/read-stage-file.ts';
import { mappingsOf } from '../../../../infra/template/mappings.ts';

const DOKA = 'test/fixtures/migration/prod.yaml';
const MANAGED = 'test/fixtures/migration/orders-sink.json';
const FILES = 'test/fixtures/connector-files';

interface Existing {
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Surroundings['environment'];
  readonly otherStages?: readonly string[];
}

const surroundingsOf = ({ files = {}, environment = {} }: Existing): Surroundings => ({
  readFile: (path) => files[path] ?? (path.startsWith('config/') ? undefined : projectSurroundings.readFile(path)),
  environment,
});

function imported(line: string, existing: Existing = {}, content?: string): ImportResult {
  const options = parseImportOptions(line.split(' '));
  if (options === 'help') throw new Error('not asked for');
  const bytes = content === undefined ? readFileSync(options.file) : Buffer.from(content);
  return importFile(options, bytes, surroundingsOf(existing), existing.otherStages);
}

/** What an operator finds out. */
const FILLINGS: Readonly<Record<string, string>> = {
  accountId: '"111111111111"',
  region: 'eu-west-1',
  arn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/11111111-2222-3333-4444-555555555555-1',
  secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:msk-AbCdEf',
  subnetIds: 'subnet-0aaaaaaaaaaaaaaaa',
  securityGroupIds: 'sg-0cccccccccccccccc',
};

/** The deployment that packaging makes of the files, after the listed gaps are filled in. */
function packaged({ files }: ImportResult, stage: string, environment: Surroundings['environment'] = {}) {
  let key = '';
  const byPath = Object.fromEntries(files.map(({ path, content }) => [path, decodeText(Buffer.from(content))]));
  const filled = (byPath[`config/${stage}.yml`] ?? '')
    .split('\n')
    .map((line) => {
      key = /^\s*(\w+):/.exec(line)?.[1] ?? key;
      return line.replace(/FILL_IN.*/, FILLINGS[key] ?? 'FILL_IN');
    })
    .join('\n');
  expect(filled).not.toContain('FILL_IN');
  return readStageFile('msk-sinks', stage, parse(filled), surroundingsOf({ files: byPath, environment }));
}

describe('the import of a doka configuration', () => {
  it('takes over every field that it names, and lists the others', () => {
    const { files, lines } = imported(DOKA);
    expect(files.map(({ path }) => path)).toEqual(['config/prod.yml']);
    expect(parse(String(files[0]?.content))).toEqual({
      accountId: 'FILL_IN',
      region: 'eu-west-1',
      cluster: { authentication: 'iam', arn: 'FILL_IN' },
      kinesisSink: {
        streamArn: 'arn:aws:kinesis:eu-central-1:222222222222:stream/orders',
        roleArn: 'arn:aws:iam::222222222222:role/doka-writer',
        sessionName: 'doka-{stage}-{uuid}',
        ...{ ordering: 'none', partitionKey: 'random', partitionKeyPrefix: 'orders' },
        trigger: { topics: ['orders'], consumerGroupId: 'doka-orders' },
      },
    });
    const said = lines.join('\n');
    expect(said).toContain('app.logLevel');
    expect(said).toMatch(/Left to fill in.*\n {2}accountId: .*\n {2}cluster\.arn: /);
  });

  it('packages after the listed gaps are filled in', () => {
    const deployment = packaged(imported(DOKA), 'prod');
    expect(deployment.functions.map(({ mappings }) => mappings)).toMatchObject([
      [{ topic: 'orders', consumerGroupId: 'doka-orders' }],
    ]);
  });

  it('makes gaps of what the file lacks, and guesses nothing', () => {
    const { lines } = imported('x.yaml', {}, 'aws: {}\nmsk: { brokers: "b:9092" }\n');
    const said = lines.join('\n');
    for (const gap of ['region', 'kinesisSink.streamArn', 'kinesisSink.trigger.topics']) {
      expect(said).toContain(`\n  ${gap}: `);
    }
    expect(said).toContain('does not tell how pollers can authenticate');
  });

  it('keeps names as they are written, also those that YAML takes for numbers', () => {
    const text =
      'aws: { region: eu-west-1, crossAccountArn: "arn:aws:iam::222222222222:role/x", kinesis: { streamName: 007, partitionKey: 1.10 } }\nmsk: { topic: 2024_orders, groupId: 010 }\n';
    expect(parse(String(imported('prod.yaml', {}, text).files[0]?.content)).kinesisSink).toMatchObject({
      streamArn: 'arn:aws:kinesis:eu-west-1:222222222222:stream/007',
      partitionKeyPrefix: '1.10',
      trigger: { topics: ['2024_orders'], consumerGroupId: '010' },
    });
  });

  it('leaves out what is null or needs what is missing', () => {
    const { files, lines } = imported(
      'prod.yaml',
      {},
      'aws: { kinesis: null, crossAccountArn: ~ }\nmsk: { topic: "", groupId: null }\n',
    );
    const { sessionName, trigger } = parse(String(files[0]?.content)).kinesisSink;
    expect([sessionName, trigger]).toEqual([undefined, { topics: ['FILL_IN'] }]);
    expect(lines.join('\n')).toContain('--from-group GROUP');
  });

  it('copies the offsets of one group to the mappings of several topics', () => {
    const { files, lines } = imported('prod.yaml', {}, 'aws: {}\nmsk: { topic: "orders, returns", groupId: doka }\n');
    expect(parse(String(files[0]?.content)).kinesisSink.trigger).toEqual({ topics: ['orders', 'returns'] });
    expect(lines.join('\n')).toContain('--from-group doka');
    expect(lines.join('\n')).not.toContain('the same group');
  });

  it('refuses a file whose name is no stage', () => {
    expect(() => imported('prod.eu.yaml', {}, 'aws: {}\nmsk: {}\n')).toThrow('name the stage with --stage');
  });

  it('refuses a field of another form by its name', () => {
    expect(() => imported('x.yaml', {}, 'aws: {}\nmsk: { topic: { name: x } }\n')).toThrow(
      'msk.topic has another form',
    );
  });
});

describe('the import of a connector', () => {
  it('takes over what describe-connector says of the worker', () => {
    const { files, lines } = imported(`${MANAGED} --stage dev`);
    expect(files.map(({ path }) => path)).toEqual(['config/dev.yml', 'config/connectors/orders-sink.json']);
    expect(parse(String(files[0]?.content))).toMatchObject({
      ...{ accountId: '111111111111', region: 'eu-west-1', cluster: { authentication: 'iam', arn: 'FILL_IN' } },
      documentdbSink: { connector: 'config/connectors/orders-sink.json', securityGroupIds: ['sg-0cccccccccccccccc'] },
    });
    expect(lines.join('\n')).toContain('--from-group connect-orders-sink --bootstrap');
    expect(packaged(imported(`${MANAGED} --stage dev`), 'dev').connector?.connector.topics).toEqual([
      'orders',
      'returns',
    ]);
  });

  it.each([
    'F01-unknown-properties.properties',
    'F04-docdb-console-string.properties',
    'F08-business-key-without-index.properties',
    'F15-comment-before-json.json',
    'F20-transforms.properties',
    'F17-empty-chain.properties',
  ])('packages after the listed gaps are filled in: %s', (name) => {
    const result = imported(`${FILES}/${name} --stage dev`);
    const deployment = packaged(result, 'dev');
    expect(Object.keys(mappingsOf(deployment)).length).toBeGreaterThan(0);
    expect(result.files[1]?.content).toEqual(readFileSync(`${FILES}/${name}`));
  });

  it('says what packaging would refuse, and quotes no password', () => {
    const said = imported(`${FILES}/F06-unescaped-password.properties --stage dev`).lines.join('\n');
    expect(said).toContain('Packaging refuses, until it is corrected:');
    expect(said).not.toContain('p@ss');
  });

  it.each([
    ['README.md', '# orders\nSome text: nothing else\n', 'has no settings of a MongoDB sink connector'],
    ['x.json', '{"name": "x", "version": 1}', 'has no settings of a MongoDB sink connector'],
    ['x.json', '{"topics": "orders"', 'line 1: a comma or } is missing'],
    ['x.yaml', 'aws:\nmsk: {}\n', 'the sections aws and msk'],
  ])('is refused where the file is none: %s', (name, content, problem) => {
    expect(() => imported(`${name} --stage dev`, {}, content)).toThrow(problem);
  });

  it('needs a stage', () => {
    expect(() => imported(MANAGED)).toThrow('--stage is missing');
  });
});

describe('an import into a stage that exists', () => {
  const EXISTING =
    '# ours\naccountId: "333333333333"\nregion: eu-west-1\ncluster:\n  arn: arn:aws:kafka:x # the cluster\n';
  const files = { 'config/prod.yml': EXISTING };

  it('is refused without --force', () => {
    expect(() => imported(DOKA, { files })).toThrow('config/prod.yml exists: choose another --stage');
  });

  it('keeps what it does not name, with --force', () => {
    const { files: written, lines } = imported(`${DOKA} --force`, { files });
    const text = String(written[0]?.content);
    expect(text).toContain('# ours');
    expect(text).toContain('# the cluster');
    expect(parse(text)).toMatchObject({ accountId: '333333333333', kinesisSink: { ordering: 'none' } });
    expect(lines.join('\n')).not.toContain('Left to fill in');
  });

  it('fills in sections that are empty, and refuses a file that is no YAML', () => {
    const empty = { 'config/prod.yml': 'cluster:\nkinesisSink: # later\n  trigger:\n' };
    const text = String(imported(`${DOKA} --force`, { files: empty }).files[0]?.content);
    expect(parse(text)).toMatchObject({ cluster: { authentication: 'iam' }, kinesisSink: { ordering: 'none' } });
    expect(() => imported(`${DOKA} --force`, { files: { 'config/prod.yml': 'a: [\n' } })).toThrow(
      'config/prod.yml is not valid YAML',
    );
  });

  it('may find its connector file in place', () => {
    const path = 'config/connectors/orders-sink.json';
    const there = { [path]: readFileSync(MANAGED, 'utf8') };
    expect(imported(`${MANAGED} --stage dev`, { files: there }).files).toHaveLength(2);
  });

  describe('beside a connector file of its name with another content', () => {
    const path = 'config/connectors/orders-sink.json';
    const own = 'config/connectors/dev-orders-sink.json';
    const naming = (name: string) => `documentdbSink:\n  connector: ${name}\n`;
    const others = { [path]: '{}' };
    const force = `${MANAGED} --stage dev --force`;

    it('has a copy of its own, because another stage may read the other one', () => {
      const { files, lines } = imported(`${MANAGED} --stage dev`, { files: others });
      expect(files[1]?.path).toBe(own);
      expect(parse(String(files[0]?.content)).documentdbSink.connector).toBe(own);
      expect(lines).toContain(`  ${own}`);
    });

    it('writes over its own copy alone, and only with --force', () => {
      expect(() => imported(`${MANAGED} --stage dev`, { files: { ...others, [own]: '{}' } })).toThrow(`${own} exists`);
      const ofStage = { ...others, 'config/dev.yml': naming(path) };
      expect(() => imported(`${MANAGED} --stage dev`, { files: ofStage })).toThrow(`config/dev.yml and ${path} exist`);
      expect(imported(force, { files: ofStage }).files[1]?.path).toBe(path);
    });

    it('leaves the file that another stage names as well', () => {
      const files = { ...others, 'config/dev.yml': naming(path) };
      expect(imported(force, { files, otherStages: [naming(path)] }).files[1]?.path).toBe(own);
      expect(imported(force, { files, otherStages: [naming('config/connectors/x.json')] }).files[1]?.path).toBe(path);
    });
  });
});

describe('the arguments of import-connector', () => {
  it.each([[[]], [['a', 'b']], [['--stages', 'x', 'a']]])('explain themselves when they are %j', (args) => {
    expect(() => parseImportOptions(args)).toThrow(/npm run import-connector -- FILE/);
  });

  it('name the option that is unknown', () => {
    expect(() => parseImportOptions(['a', '--stages', 'x'])).toThrow(/^Unknown option '--stages'\n/);
  });

  it('name a stage that can be a file name', () => {
    expect(() => parseImportOptions(['a', '--stage', '../x'])).toThrow('letters, digits and dashes');
    expect(() => parseImportOptions(['a', '--stage', 'Prod'])).toThrow('lower-case');
  });
});
