import { describe, expect, it } from 'vitest';
import { mayPass, passes } from '../../../../cli/dead-letters/filter.ts';
import { parseOptions, USAGE } from '../../../../cli/dead-letters/options.ts';
import { deadLetterStage } from '../../../../cli/dead-letters/stage.ts';

const NOW_MS = Date.parse('2026-11-29T10:00:00Z');
const parse = (text: string) => parseOptions(text.split(' '), NOW_MS);
const NOTHING = { sink: undefined, topic: undefined, code: undefined };
const EVERYTHING = { ...NOTHING, sinceMs: undefined, untilMs: undefined, keyPrefix: undefined };

describe('the options of npm run dead-letters', () => {
  it('have defaults for each command', () => {
    expect(parse('list --stage dev')).toEqual({
      ...{ command: 'list', stage: 'dev', filter: EVERYTHING },
      ...{ all: false, json: false },
    });
    expect(parse('show --stage dev')).toMatchObject({ command: 'show', all: false, payload: false });
    expect(parse('redrive --stage dev')).toMatchObject({ command: 'redrive', dryRun: false, ratePerSecond: 100 });
  });

  it('choose objects by function, topic, code, time and key', () => {
    const options = parse(
      'redrive --stage dev --function kinesisSink --topic a --code conflict --since 12h --until 2026-11-29T09:30:00+01:00 --key dead-letters/k --rate 7 --dry-run',
    );
    expect(options).toMatchObject({
      filter: {
        sink: 'kinesisSink',
        topic: 'a',
        code: 'conflict',
        sinceMs: NOW_MS - 12 * 3_600_000,
        untilMs: Date.parse('2026-11-29T08:30:00Z'),
        keyPrefix: 'dead-letters/k',
      },
      dryRun: true,
      ratePerSecond: 7,
    });
  });

  it('count an age back from now, and read a date as its beginning in UTC', () => {
    const sinceMs = (text: string) => {
      const options = parse(`list --stage dev --since ${text}`);
      return options === 'help' ? Number.NaN : options.filter.sinceMs;
    };
    expect(['30m', '7d', '2026-11-28'].map(sinceMs)).toEqual([
      NOW_MS - 1_800_000,
      NOW_MS - 7 * 86_400_000,
      Date.parse('2026-11-28T00:00:00Z'),
    ]);
  });

  it.each([
    ['list', '--stage is missing'],
    ['--stage dev', USAGE],
    ['delete --stage dev', USAGE],
    ['list show --stage dev', USAGE],
    ['list --stage dev --nonsense', USAGE],
    ['list --stage dev --rate 5', '--rate belongs to redrive, not to list'],
    ['redrive --stage dev --all', '--all belongs to list and show, not to redrive'],
    ['list --stage dev --function mongo', '--function must be kinesisSink or documentdbSink, got "mongo"'],
    ['list --stage dev --since yesterday', '--since must be a time with its zone'],
    ['list --stage dev --until 2026-11-29T10:00:00', '--until must be a time with its zone'],
    ['redrive --stage dev --since 2026-02-30', '--since must be a time with its zone'],
    ['redrive --stage dev --until 2026-11-31T10:00:00Z', '--until must be a time with its zone'],
    ['redrive --stage dev --rate 0', '--rate must be a number of records a second from 1 to 10000, got "0"'],
    ['redrive --stage dev --rate 1.5', '--rate must be'],
  ])('are refused with what is wrong: %s', (text, words) => {
    expect(() => parse(text)).toThrow(words);
  });

  it('give the help that names every option', () => {
    expect(parse('--help')).toBe('help');
    for (const name of [
      'function',
      'topic',
      'code',
      'since',
      'until',
      'key',
      'all',
      'json',
      'payload',
      'dry-run',
      'rate',
    ]) {
      expect(USAGE).toContain(`--${name}`);
    }
  });
});

describe('a filter', () => {
  const letter = {
    key: 'dead-letters/kinesisSink/orders/0/00000000000000000001-ab.json',
    sink: 'kinesisSink',
    code: 'conflict',
    atMs: 1_000,
    records: [{ topic: 'orders' }],
  } as const;

  it.each([
    [{}, true],
    [{ sink: 'kinesisSink' }, true],
    [{ sink: 'documentdbSink' }, false],
    [{ topic: 'orders' }, true],
    [{ topic: 'order' }, false],
    [{ code: 'conflict' }, true],
    [{ code: 'no_match' }, false],
    [{ sinceMs: 1_000 }, true],
    [{ sinceMs: 1_001 }, false],
    [{ untilMs: 1_001 }, true],
    [{ untilMs: 1_000 }, false],
    [{ keyPrefix: 'dead-letters/kinesisSink/' }, true],
    [{ keyPrefix: 'aws/' }, false],
  ] as const)('of %j lets a dead letter pass: %j', (filter, expected) => {
    expect(passes({ ...EVERYTHING, ...filter }, letter)).toBe(expected);
  });

  it('spares the reading of dead letters whose key names another function or topic, and of no other object', () => {
    const worth = (filter: object, key: string = letter.key) => mayPass({ ...EVERYTHING, ...filter }, key);
    expect([worth({}), worth({ topic: 'orders' }), worth({ sink: 'kinesisSink' })]).toEqual([true, true, true]);
    expect([worth({ topic: 'order' }), worth({ sink: 'documentdbSink' })]).toEqual([false, false]);
    expect(worth({ topic: 'order', sink: 'documentdbSink' }, 'aws/lambda/1/2026/x')).toBe(true);
    expect(worth({ keyPrefix: 'dead' }, 'aws/lambda/1/2026/x')).toBe(false);
  });
});

describe('the stage of npm run dead-letters', () => {
  const stageOf = (files: Readonly<Record<string, string>>) =>
    deadLetterStage('dev', { readFile: (path) => ({ 'serverless.yml': 'service: sinks', ...files })[path] });

  it('has the bucket and the names that a deployment gives', () => {
    expect(stageOf({ 'config/dev.yml': 'accountId: "111111111111"\nregion: eu-west-1\n' })).toEqual({
      ...{ stage: 'dev', region: 'eu-west-1', accountId: '111111111111' },
      bucket: 'sinks-dev-111111111111-dead-letters',
      functionNames: { kinesisSink: 'sinks-dev-kinesisSink', documentdbSink: 'sinks-dev-documentdbSink' },
    });
  });

  it('is refused where the file is missing or lacks the account', () => {
    expect(() => stageOf({})).toThrow('config/dev.yml does not exist');
    expect(() => stageOf({ 'config/dev.yml': 'region: eu-west-1' })).toThrow('accountId and region must be written');
  });
});
