import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_RESOURCES, secretNames } from '../../../local/engines/aws/resources.ts';
import { localStageOf, readLocalStage, withConnector } from '../../../local/local-stage.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'config', 'local.yml');
const local = () => parse(readFileSync(file, 'utf8'));

describe('the stage file of this machine', () => {
  it('gives the engines their names', () => {
    expect(localStageOf(local())).toMatchObject({
      resources: DEFAULT_RESOURCES,
      topic: 'orders',
      database: 'shop',
      collection: 'orders',
    });
  });

  it('gives them other names when it has others', () => {
    const changed = local();
    changed.kinesisSink.streamArn = 'arn:aws:kinesis:eu-west-1:333333333333:stream/other';
    changed.kinesisSink.roleArn = 'arn:aws:iam::333333333333:role/writer';
    changed.documentdbSink.collection = 'sold';
    expect(localStageOf(changed)).toMatchObject({
      resources: { accountB: '333333333333', stream: 'other', streamRole: 'writer' },
      collection: 'sold',
    });
  });

  it('is refused with every problem before anything starts', () => {
    const wrong = local();
    wrong.kinesisSink.streamArn = 'orders';
    wrong.trigger.pollersMax = '4 pollers';
    wrong.documentdbSink.databases = 'shop';
    expect(() => localStageOf(wrong)).toThrow(/streamArn[\s\S]*databases|databases[\s\S]*streamArn/);
    expect(() => localStageOf(wrong)).toThrow('pollersMax');
  });

  it('names the topics of failure records, and refuses what this machine does not have', () => {
    const changed = local();
    changed.trigger.onFailure = 'kafka://given-up';
    expect(localStageOf(changed).failureTopics).toEqual(['given-up']);
    expect(localStageOf(local()).failureTopics).toEqual([]);
    changed.trigger.onFailure = 'arn:aws:sqs:eu-west-1:111111111111:given-up';
    expect(() => localStageOf(changed)).toThrow(
      'trigger.onFailure is a queue or an SNS topic, which npm start does not',
    );
  });

  it('has one topic: orders are produced to one', () => {
    const wrong = local();
    wrong.trigger.topics = ['orders', 'returns'];
    expect(() => localStageOf(wrong)).toThrow('must name one topic for both');
    const apart = local();
    apart.documentdbSink.trigger = { topics: ['returns'] };
    expect(() => localStageOf(apart)).toThrow('must name one topic for both');
  });

  it.each(['kinesisSink', 'documentdbSink'])('has both functions, also %s', (name) => {
    const wrong = local();
    delete wrong[name];
    expect(() => localStageOf(wrong)).toThrow('are both required');
  });

  it('needs a role: the local stream has no resource policy', () => {
    const wrong = local();
    delete wrong.kinesisSink.roleArn;
    delete wrong.kinesisSink.externalId;
    expect(() => localStageOf(wrong)).toThrow('roleArn');
    const withoutId = local();
    delete withoutId.kinesisSink.externalId;
    expect(() => localStageOf(withoutId)).toThrow('roleArn');
  });

  it('is read from config/local.yml, or with a connector file in its place', async () => {
    expect((await readLocalStage()).connector).toBeUndefined();
    expect((await readLocalStage('config/connectors/orders.properties')).connector?.connector.topics).toEqual([
      'orders',
    ]);
  });
});

describe("with a connector's file", () => {
  const stage = () => localStageOf(withConnector(local(), 'config/connectors/orders.properties'));

  it('its topics, database and secrets are those of the file', () => {
    const { topic, database, collection, connector, resources } = stage();
    expect({ topic, database, collection }).toEqual({ topic: 'orders', database: 'shop', collection: 'orders' });
    expect(connector?.path).toBe('config/connectors/orders.properties');
    expect(secretNames(resources)).toContain('msk-sinks/orders');
  });

  it('what the file decides is not said beside it, and kinesisSink reads the same topic', () => {
    const { stageFile } = stage();
    expect(stageFile['documentdbSink']).not.toHaveProperty('database');
    expect(stageFile['documentdbSink']).not.toHaveProperty('secretArn');
    expect(stageFile['trigger']).toMatchObject({ topics: ['orders'] });
  });

  it('that does not exist is refused before anything starts', () => {
    expect(() => withConnector(local(), 'config/connectors/none.properties')).toThrow('there is no file');
  });
});
