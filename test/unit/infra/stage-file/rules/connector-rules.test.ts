// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { describe, expect, it } from 'vitest';
import { DECIDED_BY_CONNECTOR } from '../../../../../functions/documentdb-sink/settings.ts';
import { aConnectorText, aProject, aStageFileWithConnector, CONNECTOR_PATH } from '../../../../support/a-connector.ts';
import type { StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (changes: StageFileChanges = {}, project = aProject()) =>
  problemsOf(aStageFileWithConnector(changes), 'dev', project);
const problemsIn = (properties: Readonly<Record<string, string>>, environment = {}) =>
  problemsWith({}, aProject({ [CONNECTOR_PATH]: aConnectorText(properties) }, environment));

describe('a connector file', () => {
  it('replaces the settings that it decides', () => {
    expect(problemsWith()).toEqual([]);
  });
});

describe("a connector's file", () => {
  it('has to exist', () => {
    expect(problemsWith({}, aProject({}))).toEqual([
      `documentdbSink.connector: there is no file ${CONNECTOR_PATH}; write a path relative to the project's root`,
    ]);
  });

  it.each(['a', '.orders', '..'])('names no topic that a mapping cannot read: %s', (topic) => {
    expect(problemsIn({ topics: `orders,${topic}`, collection: 'orders' })).toEqual([
      `${CONNECTOR_PATH}: topics names ${topic}, and an event source mapping takes only a topic name of 2 to 249 characters that does not begin with a dot: copy its records into another topic`,
    ]);
  });

  it('is checked as a whole, beside the stage file', () => {
    const problems = problemsWith(
      { trigger: { pollersMin: 0 } },
      aProject({ [CONNECTOR_PATH]: aConnectorText({ 'csfle.enabled': 'true', colection: 'x' }) }),
    );
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'trigger.pollersMin',
      `${CONNECTOR_PATH}:`,
      `${CONNECTOR_PATH}:`,
    ]);
    expect(problems.join()).toContain('csfle.enabled');
    expect(problems.join()).toContain('colection');
  });

  it.each([...DECIDED_BY_CONNECTOR])('decides %s alone', (name, property) => {
    const written: Readonly<Record<string, unknown>> = {
      authentication: 'password',
      secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:a',
      host: 'docdb.example',
      port: 27_017,
      replicaSet: 'rs0',
      database: 'shop',
      collection: 'orders',
      idStrategy: 'key',
      deletes: 'hard',
      tombstoneTtlSeconds: 3_600,
      onPoison: 'skip',
    };
    expect(problemsWith({ documentdbSink: { [name]: written[name] } })).toEqual([
      `documentdbSink.${name} cannot be combined with a connector file, which sets it with ${property}: remove it`,
    ]);
  });
});

describe('topics', () => {
  it('are not repeated for documentdbSink', () => {
    expect(problemsWith({ documentdbSink: { trigger: { topics: ['orders'] } } })).toEqual([
      "documentdbSink.trigger.topics cannot be combined with a connector file, which names documentdbSink's topics: remove it",
    ]);
  });

  it('are of kinesisSink alone under trigger: without it they must not be there', () => {
    const { kinesisSink: _, ...alone } = aStageFileWithConnector();
    expect(problemsOf(alone, 'dev', aProject())).toEqual([
      "trigger.topics cannot be combined with a connector file, which names documentdbSink's topics: remove it",
    ]);
    const { trigger: _topics, ...without } = alone as Record<string, unknown>;
    expect(problemsOf(without, 'dev', aProject())).toEqual([]);
  });

  it('of the file count for what all mappings together may be', () => {
    const topics = Array.from({ length: 101 }, (_, index) => `topic-${index}`).join(',');
    const problems = problemsWith(
      { trigger: { pollersMax: 1 } },
      aProject({ [CONNECTOR_PATH]: aConnectorText({ topics }) }),
    );
    expect(problems).toEqual([expect.stringContaining('has 101 mappings')]);
  });
});

describe('connection.uri', () => {
  it('is refused where the function could not use it', () => {
    expect(problemsIn({ 'connection.uri': 'mongodb://a/?nonsense=true' })).toEqual([
      `${CONNECTOR_PATH}: connection.uri sets nonsense, but no driver has this option: remove it`,
    ]);
  });
});

describe('${env:NAME}', () => {
  it('is taken from the environment of the command, and must be set', () => {
    expect(problemsIn({ database: '${env:DATABASE}' }, { DATABASE: 'shop' })).toEqual([]);
    expect(problemsIn({ database: '${env:DATABASE}' })).toEqual([expect.stringContaining('database')]);
  });
});
