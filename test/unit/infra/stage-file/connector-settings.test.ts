// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { describe, expect, it } from 'vitest';
import { readConnectorSettings, settingOf } from '../../../../infra/stage-file/connector-settings.ts';
import { aProject } from '../../../support/a-connector.ts';

const entriesOf = (...settings: readonly (readonly [string, string])[]) => ({
  entries: settings.map(([name, value], index) => ({ name, value, line: index + 1 })),
  faults: [],
});

describe('a setting at packaging', () => {
  const environment = { TABLE: 'orders', EMPTY: '' };
  const foundFor = (...settings: readonly (readonly [string, string])[]) =>
    settingOf(entriesOf(...settings), 'topics', { environment })?.value;

  it.each([
    ['orders', 'orders'],
    ['  orders ', 'orders'],
    ['${env:TABLE}', 'orders'],
    ['${env:TABLE}-${env:TABLE}', 'orders-orders'],
    ['${env:MISSING}', '${env:MISSING}'],
    ['${sm:docdb:TABLE}', '${sm:docdb:TABLE}'],
    ['${env:EMPTY}', undefined],
    ['', undefined],
    ['  ', undefined],
  ])('%j is %j', (value, expected) => {
    expect(foundFor(['topics', value])).toBe(expected);
  });

  it('is the last of its name, or none', () => {
    expect(foundFor(['topics', 'a'], ['topics', 'b'], ['other', 'c'])).toBe('b');
    expect(foundFor(['other', 'c'])).toBeUndefined();
  });
});

describe('topics.regex', () => {
  const PATH = 'config/orders.properties';
  const lockOf = (changes: object) =>
    JSON.stringify({ regex: 'o.*', cluster: 'c', readAt: '2026-11-29T00:00:00Z', topics: ['oa', 'ob'], ...changes });

  function settings(text: string, lock?: string) {
    const project = aProject({ [PATH]: text, ...(lock !== undefined && { [`${PATH}.topics.json`]: lock }) });
    const { entries, faults, lock: found } = readConnectorSettings(PATH, project) ?? { entries: [], faults: [] };
    const topics = entries.filter(({ name }) => name.startsWith('topics')).map(({ name, value }) => `${name}=${value}`);
    return { topics, faults: faults.map(({ line, problem }) => `${line}: ${problem}`), regex: found?.regex };
  }

  it('is replaced by the topics that matched', () => {
    expect(settings('name=a\ntopics.regex=o.*\n', lockOf({}))).toEqual({
      topics: ['topics=oa,ob'],
      faults: [],
      regex: 'o.*',
    });
    expect(settings('topics=\ntopics.regex=o.*\n', lockOf({}))).toMatchObject({ topics: ['topics=oa,ob'], faults: [] });
  });

  it.each([
    ['topics.regex=o.*', undefined, '1: topics.regex needs the names of the cluster'],
    ['name=a\ntopics.regex=o.*', 'no list', `2: topics.regex needs ${PATH}.topics.json, which is no list of topics`],
    ['topics.regex=x.*', lockOf({}), `1: topics.regex is not the expression ${PATH}.topics.json was written for`],
    ['topics.regex=o.*', lockOf({ topics: [] }), '1: topics.regex matched no topic'],
    ['topics.regex=o(', lockOf({ regex: 'o(' }), '1: topics.regex cannot be followed: '],
    ['topics=a\ntopics.regex=o.*', lockOf({}), '2: topics.regex stands beside topics'],
  ])('%j is a fault: %s', (text, lock, fault) => {
    const found = settings(text, lock);
    expect(found.faults).toEqual([expect.stringContaining(fault)]);
    expect(found.regex).toBeUndefined();
  });

  it('keeps the topics that stand beside it', () => {
    expect(settings('topics=a\ntopics.regex=o.*', lockOf({})).topics).toEqual(['topics=a']);
  });

  it('is looked for only where there is a file', () => {
    expect(readConnectorSettings('config/none.properties', aProject({}))).toBeUndefined();
  });
});
