import { describe, expect, it } from 'vitest';
import { timeFieldConversion } from '../../../../../../functions/documentdb-sink/connector/post-processors/time-field-conversion.ts';
import { PropertyError } from '../../../../../../functions/documentdb-sink/connector/property-error.ts';
import { aRecord } from '../../../../../support/builders.ts';
import { documentOf, inOrder, sinkDocument, topicProperties } from '../../../../../support/sink-documents.ts';

const FORMAT = 'timeseries.timefield.auto.convert.date.format';
const TAG = 'timeseries.timefield.auto.convert.locale.language.tag';

function convert(value: string, given: Readonly<Record<string, string>> = {}): unknown {
  const document = sinkDocument(null, value);
  timeFieldConversion(topicProperties({ 'timeseries.timefield': 'ts', ...given }))(document, aRecord());
  return inOrder(document.value());
}

describe('the time field', () => {
  it.each([
    ['1970-01-01T01:00:00.000+00:00[GMT]', 3_600_000],
    ['1970-01-01T00:00:00.001-0100', 3_600_001],
    ['1970-01-0101:00:00.001', 3_600_001],
    ['1970-01-01 00:00:00 -0100', 3_600_000],
    ['1970-01-02', 86_400_000],
  ])('with the text %s becomes a date, in its place', (text, ms) => {
    expect(convert(`{a: 1, ts: "${text}", b: 2}`)).toEqual(
      inOrder(documentOf(`{a: 1, ts: {"$date": {"$numberLong": "${ms}"}}, b: 2}`)),
    );
  });

  it.each([
    ['42', 42],
    ['NumberLong(1489705200000)', 1_489_705_200_000],
    ['NumberLong(8640000000000000)', 8.64e15],
    ['NumberLong(-8640000000000000)', -8.64e15],
    ['1.9', 1],
    ['-1.9', -1],
    ['5.0', 5],
    ['NumberDecimal("7.5")', 7],
    ['{"$numberDouble": "NaN"}', 0],
  ])('with the number %s becomes a date', (number, ms) => {
    expect(convert(`{ts: ${number}}`)).toEqual({ fields: [['ts', new Date(ms)]] });
  });

  it.each([
    '"1970-01-01 -0100"',
    '"epoch"',
    'true',
    'null',
    '{"$date": {"$numberLong": "5"}}',
    '[1]',
    'NumberLong("9223372036854775807")',
    'NumberLong(8640000000000001)',
    '{"$numberDouble": "Infinity"}',
  ])('with %s stays unchanged', (content) => {
    expect(convert(`{ts: ${content}}`)).toEqual(inOrder(documentOf(`{ts: ${content}}`)));
  });

  it('may be missing', () => {
    expect(convert('{a: 1}')).toEqual(inOrder(documentOf('{a: 1}')));
  });

  it.each(['fr', ' fr '])('follows a format and the language %j', (tag) => {
    const given = { [FORMAT]: 'd MMMM yyyy', [TAG]: tag };
    expect(convert('{ts: "2 février 1970"}', given)).toEqual({ fields: [['ts', new Date(32 * 86_400_000)]] });
  });

  it.each([
    [FORMAT, 'YYYY'],
    [FORMAT, 'yyyy]'],
    [TAG, '!'],
  ])('with %s=%s is refused', (property, value) => {
    expect(() => convert('{}', { [property]: value })).toThrow(PropertyError);
    expect(() => convert('{}', { [property]: value })).toThrow(`${property}=${value}`);
  });
});
