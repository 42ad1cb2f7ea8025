import { describe, expect, it } from 'vitest';
import { parseTopicsOptions } from '../../../../cli/topics/options.ts';
import { changesOf, lockOf, regexOf } from '../../../../cli/topics/run.ts';
import { listWithAws } from '../../../../infra/topics/list-with-aws.ts';
import { aProject } from '../../../support/a-connector.ts';

const NOW = new Date('2026-11-29T00:00:00Z');
const REGEX = String.raw`shop\..*`;

describe('the list of topics', () => {
  it('holds those whose whole name matches, in order, without those of Kafka itself', () => {
    const names = ['shop.b', 'workshop.a', 'shop.a', 'shop', '__consumer_offsets'];
    expect(lockOf({ regex: REGEX, cluster: 'C', names }, NOW)).toEqual({
      regex: REGEX,
      cluster: 'C',
      readAt: '2026-11-29T00:00:00.000Z',
      topics: ['shop.a', 'shop.b'],
    });
    expect(lockOf({ regex: '.*', cluster: 'C', names }, NOW).topics).not.toContain('__consumer_offsets');
  });

  it('is refused with the count and the limits where it has hundreds of topics, and where it has none', () => {
    const names = Array.from({ length: 101 }, (_, index) => `shop.${index}`);
    expect(() => lockOf({ regex: REGEX, cluster: 'C', names }, NOW)).toThrow(
      /^101 topics match .* at most 100, .* 500/,
    );
    expect(lockOf({ regex: REGEX, cluster: 'C', names: names.slice(1) }, NOW).topics).toHaveLength(100);
    expect(() => lockOf({ regex: 'x', cluster: 'C', names }, NOW)).toThrow('none of the 101 topics of C matches');
  });

  it('is compared with the one before', () => {
    const lock = (topics: string[]) => ({ regex: REGEX, cluster: 'C', readAt: '', topics });
    expect(changesOf(lock(['a', 'b']), lock(['b', 'c']), 'L')).toEqual(['L: 2 topics match', '  + c', '  - a']);
    expect(changesOf(undefined, lock(['a']), 'L')).toEqual(['L: 1 topics match', '  + a']);
  });
});

describe('the expression', () => {
  const regexIn = (text: string, environment = {}) => regexOf('sink', aProject({ sink: text }, environment)).regex;

  it('is read from any kind of connector file, with the environment', () => {
    expect(regexIn('topics.regex=shop\\\\..*')).toBe(REGEX);
    expect(regexIn(JSON.stringify({ config: { 'topics.regex': '$' + '{env:STAGE}-.*' } }), { STAGE: 'dev' })).toBe(
      'dev-.*',
    );
  });

  it.each([
    ['topics=orders', 'has no topics.regex'],
    ['topics.regex=(', 'cannot be followed'],
    ['{', 'line 1'],
    ['{"a": 1}', 'sink: the file is JSON, but has no settings'],
  ])('%s is refused', (text, words) => {
    expect(() => regexIn(text)).toThrow(words);
  });
});

describe('the AWS API', () => {
  it('is asked page after page', async () => {
    const pages: Readonly<Record<string, object>> = {
      '': { Topics: [{ TopicName: 'a' }, {}], NextToken: 'x' },
      x: { Topics: [{ TopicName: 'b' }] },
    };
    const send = ({ input }: { input: { ClusterArn: string; NextToken?: string } }) => {
      expect(input.ClusterArn).toBe('ARN');
      return Promise.resolve(pages[input.NextToken ?? '']);
    };
    expect(await listWithAws('ARN', {}, { send } as never)()).toEqual(['a', 'b']);
  });

  it('says what to allow where it refuses', async () => {
    const send = () => Promise.reject(Object.assign(new Error('SECRET'), { name: 'ForbiddenException' }));
    const error: unknown = await listWithAws('ARN', {}, { send } as never)().catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/ForbiddenException.*kafka:ListTopics/);
    expect(String(error)).not.toContain('SECRET');
  });
});

describe('npm run topics', () => {
  const ENVIRONMENT = { KAFKA_USERNAME: 'reader', KAFKA_PASSWORD: 'secret' };
  const parsed = (...args: string[]) => parseTopicsOptions(['--stage', 'dev', ...args], ENVIRONMENT);
  const brokers = { bootstrapServers: 'b:9096', tls: false, login: undefined };

  it('asks the AWS API, or brokers with or without TLS and a login', () => {
    expect(parsed()).toEqual({ stage: 'dev', brokers: undefined });
    expect(parsed('--bootstrap', 'b:9096')).toEqual({ stage: 'dev', brokers });
    expect(parsed('--bootstrap', 'b:9096', '--tls')).toEqual({ stage: 'dev', brokers: { ...brokers, tls: true } });
    expect(parsed('--bootstrap', 'b:9096', '--login', 'scram')).toEqual({
      stage: 'dev',
      brokers: { ...brokers, tls: true, login: { kind: 'scram', username: 'reader', password: 'secret' } },
    });
    expect(parsed('--bootstrap', 'b:9098', '--login', 'iam')).toEqual({
      stage: 'dev',
      brokers: { bootstrapServers: 'b:9098', tls: true, login: { kind: 'iam' } },
    });
    expect(parseTopicsOptions(['--help'])).toBe('help');
  });

  it('refuses unknown, missing and impossible options, and says what to do', () => {
    expect(() => parseTopicsOptions([])).toThrow('--stage is missing');
    expect(() => parseTopicsOptions(['--nonsense'])).toThrow('npm run topics');
    expect(() => parsed('--tls')).toThrow('belong to --bootstrap');
    expect(() => parsed('--bootstrap', 'b:9098', '--login', 'kerberos')).toThrow('must be iam or scram');
    expect(() => parseTopicsOptions(['--stage', 'dev', '--bootstrap', 'b', '--login', 'scram'], {})).toThrow(
      'set KAFKA_USERNAME and KAFKA_PASSWORD',
    );
  });
});
