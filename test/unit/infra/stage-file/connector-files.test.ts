// Files of the kinds people keep connectors in, packaged as they are: what packaging says of each.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import {
  PROVIDER_ALIASES,
  resolvePlaceholders,
} from '../../../../functions/documentdb-sink/target/connection/config-providers.ts';
import { decodeText } from '../../../../infra/stage-file/decode-text.ts';
import type { Surroundings } from '../../../../infra/stage-file/project-files.ts';
import { readStageFile } from '../../../../infra/stage-file/read-stage-file.ts';
import { noticesOf } from '../../../../infra/template/notices.ts';
import { SettingsError } from '../../../../shared/errors.ts';
import { aStageFileWithConnector } from '../../../support/a-connector.ts';
import { CLUSTER_ARN } from '../../../support/a-stage-file.ts';

const FOLDER = join(import.meta.dirname, '../../../fixtures/connector-files');
const FILES = readdirSync(FOLDER);

interface Packaged {
  readonly problems: readonly string[];
  readonly notices: readonly string[];
  readonly topics: readonly string[];
  readonly connectionUri: string;
}

function packaged(
  number: string,
  environment: Surroundings['environment'] = {},
  more: Readonly<Record<string, string>> = {},
): Packaged {
  const path = FILES.find((name) => name.startsWith(number) && !name.includes('.secret.')) ?? number;
  const readFile = (name: string) =>
    FILES.includes(name) ? decodeText(readFileSync(join(FOLDER, name))) : more[name.replace(path, 'FILE')];
  const file = aStageFileWithConnector({ documentdbSink: { connector: path } });
  try {
    const deployment = readStageFile('msk-sinks', 'dev', file, { readFile, environment });
    const notices = noticesOf(deployment, Date.UTC(2026, 10, 29)).map((notice) => notice.replaceAll(path, 'FILE'));
    const { topics = [], connectionUri = '' } = deployment.connector?.connector ?? {};
    return { problems: [], notices, topics, connectionUri };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const problems = error.problems.map((problem) => problem.replaceAll(path, 'FILE'));
    return { problems, notices: [], topics: [], connectionUri: '' };
  }
}

const ACCEPTED = { problems: [], topics: ['orders'] };
const about = (notices: readonly string[], name: string) => notices.filter((notice) => notice.includes(name));

describe('a connector file as people have it', () => {
  it('F01: names that Kafka Connect ignores are listed, each once', () => {
    const found = packaged('F01');
    expect(found).toMatchObject(ACCEPTED);
    expect(found.notices).toEqual([
      'FILE: 3 of its properties are unknown and ignored, as in Kafka Connect',
      '  - line 4: key.ignore',
      '  - line 5: type.name',
      '  - line 6: linger.ms',
    ]);
  });

  it('F02: leftovers of a sample ask for nothing', () => {
    const found = packaged('F02');
    expect(found).toMatchObject(ACCEPTED);
    expect(about(found.notices, 'field.renamer.regex')).toEqual([
      '  - line 7: field.renamer.regex: did you mean field.renamer.regexp?',
    ]);
  });

  it('F03: a setting of another converter is ignored', () => {
    const found = packaged('F03');
    expect(found).toMatchObject(ACCEPTED);
    expect(about(found.notices, 'schema.registry.url')).toEqual([
      '  - value.converter.schema.registry.url: value.converter asks no schema registry',
    ]);
  });

  it('F22: the schema registry of an Avro converter is named', () => {
    const found = packaged('F22');
    expect(found).toMatchObject(ACCEPTED);
    expect(found.notices).toEqual([
      'FILE: value.converter asks the schema registry at http://registry.example:8081. The function must reach it from its subnets',
    ]);
  });

  it('F08: a business key wants a unique index, and the command that makes it is said', () => {
    const found = packaged('F08');
    expect(found).toMatchObject(ACCEPTED);
    expect(found.notices).toEqual([
      'FILE: the business keys need unique indexes; without an index, msksinks.guard.missingIndex=write applies',
      '  - topic orders: db.getSiblingDB("shop").getCollection("orders").createIndex({ "id": 1 }, { unique: true })',
    ]);
  });

  it('F12: settings of processors that are not in the chain do nothing, and this is said', () => {
    const found = packaged('F12');
    expect(found).toMatchObject(ACCEPTED);
    expect(about(found.notices, 'value.projection')).toEqual([
      expect.stringContaining('value.projection.type: '),
      expect.stringContaining('value.projection.list: '),
    ]);
    expect(about(found.notices, 'field.renamer.mapping')).toEqual([
      expect.stringContaining('post.processor.chain does not contain RenameByMapping'),
    ]);
  });

  it('F13: a class may be named without its package where no other has its name', () => {
    expect(packaged('F13')).toMatchObject(ACCEPTED);
  });

  it('F17: an empty chain has no processor of its own', () => {
    expect(packaged('F17')).toMatchObject({ ...ACCEPTED, notices: [] });
  });

  it("F04: what another driver's connection string says of certificates is said to be the CA bundle's", () => {
    const found = packaged('F04');
    expect(found).toMatchObject(ACCEPTED);
    expect(about(found.notices, 'tlsCAFile')).toEqual([expect.stringContaining('documentdbSink.caBundle')]);
  });

  it('F05: options of the Java driver are listed as without meaning', () => {
    const found = packaged('F05');
    expect(found).toMatchObject(ACCEPTED);
    expect(about(found.notices, 'uuidRepresentation')).toHaveLength(1);
    expect(about(found.notices, 'maxLifeTimeMS')).toHaveLength(1);
  });

  it('F06: a password that is not encoded is refused, and not printed', () => {
    const { problems } = packaged('F06');
    expect(problems).toEqual([expect.stringMatching(/^FILE: connection\.uri cannot be parsed: percent-encode/)]);
    expect(problems[0]).not.toContain('p@ss');
  });

  it.each([
    ['F07', 'connection.uri', 'MONGO_URI'],
    ['F19', 'topics', 'TOPICS'],
  ])('%s: an environment variable that is not set is named, and nothing else', (file, property, name) => {
    const { problems } = packaged(file);
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`FILE: line \\d: ${property} contains .*: set ${name} in`)),
    ]);
  });

  it('F07: is packaged where the variable is set', () => {
    expect(packaged('F07', { MONGO_URI: 'mongodb://app:pw@docdb.example/?tls=true' })).toMatchObject(ACCEPTED);
  });

  it('F24: a secret may hold any character', async () => {
    const found = packaged('F24');
    expect(found).toMatchObject({ ...ACCEPTED, notices: [] });
    const secret = readFileSync(
      join(FOLDER, FILES.find((name) => name.startsWith('F24') && name.includes('.secret.')) ?? ''),
      'utf8',
    );
    const ports = { environment: {}, readSecret: () => Promise.resolve(secret), readParameter: () => Promise.reject() };
    const uri = await resolvePlaceholders(found.connectionUri, PROVIDER_ALIASES, ports, new AbortController().signal);
    expect(new MongoClient(uri).options.credentials).toMatchObject(JSON.parse(secret));
  });

  it.each(['F15', 'F16'])('%s: JSON may have comments and trailing commas', (file) => {
    const found = packaged(file);
    expect(found).toMatchObject(ACCEPTED);
    expect(found.notices).toEqual([expect.stringContaining('connection.uri is mongodb://localhost')]);
  });

  it('F20: transforms run', () => {
    expect(packaged('F20')).toMatchObject({ ...ACCEPTED, notices: [] });
  });

  it('F23: a file may be UTF-16', () => {
    expect(packaged('F23').problems).toEqual(['FILE: database is missing']);
  });

  describe('F21: a regular expression of topics', () => {
    const LOCK = 'FILE.topics.json';
    const REGEX = String.raw`shop\..*`;
    const lockOf = (lock: object) => ({
      [LOCK]: JSON.stringify({
        regex: REGEX,
        cluster: 'CLUSTER',
        readAt: '2026-11-01T08:00:00.000Z',
        topics: ['shop.a'],
        ...lock,
      }),
    });

    it('becomes the topics of the lock file, whose age is said', () => {
      const found = packaged('F21', {}, lockOf({ topics: ['shop.a', 'shop.b'] }));
      expect(found).toMatchObject({ problems: [], topics: ['shop.a', 'shop.b'] });
      expect(about(found.notices, 'topics.regex')).toEqual([
        'FILE: topics.regex matched 2 topics of CLUSTER on 2026-11-01 (27 days ago). Newer topics are not read: npm run topics -- --stage dev lists the topics again',
      ]);
    });

    it('is said to be of another cluster, where the lock file tells that', () => {
      const saying = (cluster: string) => about(packaged('F21', {}, lockOf({ cluster })).notices, 'another cluster');
      expect(saying(CLUSTER_ARN)).toEqual([]);
      expect(saying('b-1.shop.kafka:9098')).toEqual([]);
      expect(saying(`${CLUSTER_ARN}0`)).toEqual([
        expect.stringContaining('were listed from another cluster than cluster.arn'),
      ]);
      expect(saying(`${CLUSTER_ARN}0`)[0]).toMatch(/run npm run topics -- --stage dev$/);
    });

    it.each([
      ['2026-11-28T00:00:00.001Z', '(today)'],
      ['2026-11-28T00:00:00.000Z', '(1 day ago)'],
      ['2026-11-27T00:00:00.001Z', '(1 day ago)'],
      ['2026-11-27T00:00:00.000Z', '(2 days ago)'],
    ])('is of the lock file of %s, which on the 29th is said to be %s', (readAt, age) => {
      const { notices } = packaged('F21', {}, lockOf({ readAt }));
      expect(about(notices, 'topics.regex')).toEqual([expect.stringContaining(age)]);
    });

    it.each([
      ['is not there', {}, 'needs the names'],
      ['is no list of topics', { [LOCK]: '{"regex": 1}' }, 'is no list of topics'],
      ['is not JSON', { [LOCK]: 'x' }, 'is no list of topics'],
      ['was written for another expression', lockOf({ regex: 'x' }), 'is not the expression'],
      ['has no topic', lockOf({ topics: [] }), 'matched no topic'],
      [
        'has hundreds of topics',
        lockOf({ topics: Array.from({ length: 300 }, (_, index) => `shop.${index}`) }),
        '300 topics match topics.regex. Each becomes an event source mapping: a poller group has at most 100, and a stack at most 500 resources',
      ],
    ])('is refused with the remedy where the lock file %s', (_how, files, words) => {
      const { problems } = packaged('F21', {}, files);
      expect(problems).toEqual([expect.stringContaining(words)]);
    });
  });
});
