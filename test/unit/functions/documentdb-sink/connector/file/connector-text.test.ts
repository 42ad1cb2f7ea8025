import { describe, expect, it } from 'vitest';
import { parseConnectorText } from '../../../../../../functions/documentdb-sink/connector/file/connector-text.ts';

const read = (text: string) => {
  const { entries, faults } = parseConnectorText(text);
  return [entries.map(({ name, value }) => `${name}=${value}`), faults];
};
const fault = (problem: string) => [[], [{ line: 0, problem }]];

describe('the text of a connector', () => {
  it.each([
    ['{"a":"b","c":1,"d":true}', ['a=b', 'c=1', 'd=true']],
    ['\uFEFF \n{"a":"\uFEFFb"}', ['a=\uFEFFb']],
    ['\uFEFFa=\uFEFFb', ['a=\uFEFFb']],
    ['{"config":{"a":"b"},"name":"x"}', ['a=b']],
    ['{"connectorConfiguration":{"a":"b"},"config":{"c":"d"}}', ['a=b']],
    ['{}', []],
  ])('%j has these settings', (text, settings) => {
    expect(read(text)).toEqual([settings, []]);
  });

  it.each([
    ['{"a"', 'the file begins with { but is not JSON'],
    ['{"config":null}', 'the JSON is not an object of properties'],
    ['{"config":[]}', 'the JSON is not an object of properties'],
    ['{"config":"text"}', 'the JSON is not an object of properties'],
    ['{"connectorConfiguration":1}', 'the JSON is not an object of properties'],
    ['{"a":null}', 'a must be text, a number or a boolean'],
    ['{"a":["SECRET"]}', 'a must be text, a number or a boolean'],
    ['{"a":{"b":"SECRET"}}', 'a must be text, a number or a boolean'],
  ])('%j is a fault', (text, problem) => {
    expect(read(text)).toEqual(fault(problem));
  });

  it('keeps the settings beside a fault', () => {
    expect(read('{"a":null,"b":"c"}')).toEqual([
      ['b=c'],
      [{ line: 0, problem: 'a must be text, a number or a boolean' }],
    ]);
  });
});
