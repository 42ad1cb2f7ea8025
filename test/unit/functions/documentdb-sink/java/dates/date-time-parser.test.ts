import { describe, expect, it } from 'vitest';
import { dateTimeParser } from '../../../../../../functions/documentdb-sink/java/dates/date-time-parser.ts';
import { PatternError } from '../../../../../../functions/documentdb-sink/java/regex/pattern-error.ts';
import { topicProperties } from '../../../../../support/sink-documents.ts';

const byDefault = dateTimeParser(topicProperties().text('timeseries.timefield.auto.convert.date.format'), 'en');

describe("the connector's own form", () => {
  it.each([
    ['1970-01-01T01:00:00.000+00:00[GMT]', 3_600_000],
    ['1970-01-01 02:00:00 +01:00[Europe/Paris]', 3_600_000],
    ['1970-01-01T02:00:00+01:00[Europe/Paris]', 3_600_000],
    ['1970-01-01T00:00:00.000001-0100', 3_600_000],
    ['1970-01-01T00:00:00.001-0100', 3_600_001],
    ['1970-01-01T00:00:00-0100', 3_600_000],
    ['1970-01-01T01:00:00.000001Z', 3_600_000],
    ['1970-01-01T01:00:00.001Z', 3_600_001],
    ['1970-01-01T01:00:00Z', 3_600_000],
    ['1970-01-0101:00:00.001', 3_600_001],
    ['1970-01-0101:00:00', 3_600_000],
    ['1970-01-01 00:00:00 -0100', 3_600_000],
    ['1970-01-01 00:00:00 -01', 3_600_000],
    ['1970-01-02', 86_400_000],
    ['1970-01-02T', 86_400_000],
    ['+10000-01-01', Date.UTC(10_000, 0, 1)],
    ['2021-02-31', Date.UTC(2021, 1, 28)],
    ['1969-12-31T23:59:59.999999', -1],
    ['1970-01-01T24:00:00', 86_400_000],
    ['1970-01-01T01:00:00+0059', 60_000],
  ])('reads %s', (text, expected) => {
    expect(byDefault(text)).toBe(expected);
  });

  it.each([
    '1970',
    '1970-01',
    '1970-01-01T00:01',
    'epoch',
    '1970-01-01 -0100',
    '1970-01-01T02:00:00+01:00[Asia/Paris]',
    '1970-01-01T02:00:00+01:00',
    '1970-01-01T02:00:00+01:00[europe/paris]',
    '1970-13-01',
    '1970-01-32',
    '1970-00-10',
    '1970-01-00',
    '1970-01-01T24:00:00.000001',
    '1970-01-01T01:00:00+0060',
    '10000-01-01',
    '+1970-01-01',
    '1970-01-01T24:00:01',
    '1970-01-01T01:60:00',
    '1970-01-01T01:00:00.123456789Z',
    '1970-01-01T01:00:00+1900',
    '',
  ])('takes %j for no date', (text) => {
    expect(byDefault(text)).toBeUndefined();
  });
});

describe('a pattern', () => {
  it.each([
    ['EEEE, MMM dd, yyyy HH:mm:ss', 'en', 'Thursday, Jan 01, 1970 01:00:00', 3_600_000],
    ['yyyyMMddHHmmssSSS', 'en', '19700101010000001', 3_600_001],
    ['yyyyMMdd', 'en', '19700102', 86_400_000],
    ['d/M/yy h:mm a', 'en', '2/1/26 12:05 AM', Date.UTC(2026, 0, 2, 0, 5)],
    ['d/M/yy h:mm a', 'en', '2/1/26 3:05 PM', Date.UTC(2026, 0, 2, 15, 5)],
    ['dd. MMMM yyyy', 'de', '02. März 2026', Date.UTC(2026, 2, 2)],
    ['LLLL yyyy d', 'en', 'March 2026 2', Date.UTC(2026, 2, 2)],
    ['uuuu-DDD', 'en', '2024-366', Date.UTC(2024, 11, 31)],
    ["yyyy-MM-dd'T'HH:mm:ssXXX", 'en', '2026-01-02T03:04:05+05:30', Date.UTC(2026, 0, 1, 21, 34, 5)],
    ["yyyy-MM-dd'T'HH:mm:ssx", 'en', '2026-01-02T03:04:05+00', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['yyyy-MM-dd HH:mm:ss Z', 'en', '2026-01-02 03:04:05 -0130', Date.UTC(2026, 0, 2, 4, 34, 5)],
    ['yyyy-MM-dd HH:mm O', 'en', '2026-01-02 03:04 GMT-2', Date.UTC(2026, 0, 2, 5, 4)],
    ["yyyy-MM-dd HH 'o''clock' VV", 'en', "2026-07-02 03 o'clock America/New_York", Date.UTC(2026, 6, 2, 7)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-03-29 02:30 Europe/Paris', Date.UTC(2026, 2, 29, 1, 30)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-10-25 02:30 Europe/Paris', Date.UTC(2026, 9, 25, 0, 30)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-01-01 02:00 UTC+01:00', Date.UTC(2026, 0, 1, 1)],
    ['yyyy-MM-dd HH', 'en', '2026-01-01 24', Date.UTC(2026, 0, 2)],
    ['yyyy-MM-dd kk:mm', 'en', '2026-01-01 24:10', Date.UTC(2026, 0, 1, 0, 10)],
    ['y G M d', 'en', '44 BC 3 15', new Date(0).setUTCFullYear(-43, 2, 15)],
    ['yyyy-MM-dd A', 'en', '2026-01-01 1234', Date.UTC(2026, 0, 1) + 1234],
    ['yyyy-MM-dd[ HH:mm', 'en', '2026-01-01', Date.UTC(2026, 0, 1)],
    ['MMM d yyyy', 'en', 'Dec 31 2026', Date.UTC(2026, 11, 31)],
    ['E yyyy-MM-dd', 'en', 'Sun 2026-01-04', Date.UTC(2026, 0, 4)],
    ['d MMMM yyyy', 'ru', '2 марта 2026', Date.UTC(2026, 2, 2)],
    ['LLLL yyyy d', 'ru', 'март 2026 2', Date.UTC(2026, 2, 2)],
    ['u M d', 'en', '-5 1 1', new Date(0).setUTCFullYear(-5, 0, 1)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-01-01 02:00 +01:02:03', Date.UTC(2026, 0, 1, 0, 57, 57)],
    ['yyyy-MM-dd HH:mm x', 'en', '2026-01-01 02:00 -0130', Date.UTC(2026, 0, 1, 3, 30)],
    ['yyyy-MM-dd HH:mm xx', 'en', '2026-01-01 02:00 +0030', Date.UTC(2026, 0, 1, 1, 30)],
    ['yyyy-MM-dd HH:mm xxx', 'en', '2026-01-01 02:00 +00:30', Date.UTC(2026, 0, 1, 1, 30)],
    ['yyyy-MM-dd HH:mm ZZZZ', 'en', '2026-01-01 02:00 GMT+01:00', Date.UTC(2026, 0, 1, 1)],
    ['yyyy-MM-dd HH:mm ZZZZZ', 'en', '2026-01-01 02:00 Z', Date.UTC(2026, 0, 1, 2)],
    ['yyyy-MM-dd N', 'en', '2026-01-01 1234567', Date.UTC(2026, 0, 1) + 1],
    ['yyyy-MM-dd HH:mm:ss.n', 'en', '2026-01-01 00:00:00.5000000', Date.UTC(2026, 0, 1) + 5],
    ['yyyy-MM-dd K a', 'en', '2026-01-01 11 PM', Date.UTC(2026, 0, 1, 23)],
    ['QQQ yyyy-MM-dd', 'en', 'Q2 2026-04-01', Date.UTC(2026, 3, 1)],
    ['y M d', 'en', '1 1 1', new Date(0).setUTCFullYear(1, 0, 1)],
    ['uuuu-DDD', 'en', '2026-001', Date.UTC(2026, 0, 1)],
    ['uuuu y M d', 'en', '-0004 5 1 1', new Date(0).setUTCFullYear(-4, 0, 1)],
    ['uuuu y M d', 'en', '2026 2026 1 1', Date.UTC(2026, 0, 1)],
    ['yyyy-MM-dd a', 'en', '2026-01-01 PM', Date.UTC(2026, 0, 1)],
    ['yyyy-MM-dd K', 'en', '2026-01-01 11', Date.UTC(2026, 0, 1)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-01-01 20:00 +18:00', Date.UTC(2026, 0, 1, 2)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-01-01 20:00 GMT+18:00', Date.UTC(2026, 0, 1, 2)],
    ['yyyy-MM-dd HH:mm O', 'en', '2026-01-01 02:00 GMT+1:02:03', Date.UTC(2026, 0, 1, 0, 57, 57)],
    ['yyyy-MM-dd HH:mm OOOO', 'en', '2026-01-01 02:00 GMT-01:30', Date.UTC(2026, 0, 1, 3, 30)],
    ['yyyy-MM-dd HH:mm O', 'en', '2026-01-01 02:00 GMT+1:30', Date.UTC(2026, 0, 1, 0, 30)],
    ['yyyy-MM-dd HH:mm O', 'en', '2026-01-01 12:00 GMT+11', Date.UTC(2026, 0, 1, 1)],
    ['yyyy-MM-dd HH:mm O', 'en', '2026-01-01 02:00 GMT', Date.UTC(2026, 0, 1, 2)],
    ['yyyy-MM-dd HH:mm OOOO', 'en', '2026-01-01 02:00 GMT', Date.UTC(2026, 0, 1, 2)],
    ['yyyy-MM-dd HH:mm OOOO', 'en', '2026-01-01 02:00 GMT+01:02:03', Date.UTC(2026, 0, 1, 0, 57, 57)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-01-01 02:00 Z', Date.UTC(2026, 0, 1, 2)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-01-01 02:00 UT', Date.UTC(2026, 0, 1, 2)],
    ['yyyy-MM-dd HH:mm VV', 'en', '2026-01-01 02:00 UT+01:00', Date.UTC(2026, 0, 1, 1)],
    ["yyyy-MM-dd HH:mm VV', Paris'", 'en', '2026-01-01 02:00 Europe/Paris, Paris', Date.UTC(2026, 0, 1, 1)],
    ['VV HH:mm yyyy-MM-dd', 'en', 'Etc/GMT+5 02:00 2026-01-01', Date.UTC(2026, 0, 1, 7)],
    ['u D', 'en', '2026 36', Date.UTC(2026, 1, 5)],
    ['uuuu-DD', 'en', '2026-36', Date.UTC(2026, 1, 5)],
    ['yyyy-MM-dd HH:mm:ss.SSSSSSSSS', 'en', '2026-01-01 00:00:00.123456789', Date.UTC(2026, 0, 1) + 123],
    ["yyyy''MM-dd", 'en', "2026'01-01", Date.UTC(2026, 0, 1)],
    ['yyyy-MM-dd[ HH:mm[:ss]]', 'en', '2026-01-01 02:03:04', Date.UTC(2026, 0, 1, 2, 3, 4)],
    ['yyyy-MM-dd[ HH:mm[:ss]]', 'en', '2026-01-01 02:03', Date.UTC(2026, 0, 1, 2, 3)],
    ['yyyy-MM-dd[ HH:mm[:ss]]', 'en', '2026-01-01', Date.UTC(2026, 0, 1)],
  ])('%s (%s) reads %s', (pattern, locale, text, expected) => {
    expect(dateTimeParser(pattern, locale)(text)).toBe(expected);
  });

  it.each([
    ['QQQ y', 'Q1 2008'],
    ['EEEE yyyy-MM-dd', 'Friday 1970-01-01'],
    ['yyyy-MM-dd hh:mm:ss', '2026-01-02 03:04:05'],
    ['yyyy-MM-dd ss', '2026-01-02 05'],
    ['yyyy-MM-dd HH:mm a', '2026-01-02 15:00 AM'],
    ['HH:mm:ss', '01:02:03'],
    ['uuuu-DDD', '2025-366'],
    ['yyyy-MM-dd HH:mm:ss HH', '2026-01-02 01:02:03 02'],
    ['MMM d yyyy', 'jan 1 2026'],
    ['u M d', '-0 1 1'],
    ['u M d', '+5 1 1'],
    ['uuuu-DDD', '2026-000'],
    ['uuuu-DDD', '2026-367'],
    ['uuuu-DDD MM-dd', '2026-032 13-01'],
    ['uuuu-DDD MM-dd', '2026-032 02-32'],
    ['y M d', '0 1 1'],
    ['yyyy-MM-dd HH:mm ZZZZ', '2026-01-01 02:00 GMT+1'],
    ['uuuu y M d', '2026 2025 1 1'],
    ['yyyy-MM-dd K', '2026-01-01 11 '],
    ['yyyy-MM-dd HH:mm.SSS', '2026-01-01 01:02.003 '],
    ['QQQ yyyy-MM-dd', 'Q1 2026-04-01'],
    ['yyyy-MM-dd H K', '2026-01-01 13 2'],
    ['yyyy-MM-dd A H', '2026-01-01 5 1'],
    ['yyyy-MM-dd HH:mm VV', '2026-01-01 02:00 +18:01'],
    ['yyyy-MM-dd HH:mm VV', '2026-01-01 02:00 GMT+18:01'],
    ['yyyy-MM-dd HH:mm VV', '2026-01-01 02:00 X'],
    ['yyyy-MM-dd HH:mm VV', '2026-01-01 02:00 xGMT'],
    ['yyyy-MM-dd HH:mm O', '2026-01-01 02:00 +GMT'],
    ['yyyy-MM-dd HH:mm OOOO', '2026-01-01 02:00 GMT+1'],
    ['yyyy-MM-dd HH:mm', '2026-01-01 25:00'],
    // Java takes what stands for no offset first, and then the rest does not fit.
    ['yyyy-MM-dd HH:mm x', '2026-01-01 02:00 +0030'],
    ['yyyy-MM-dd HH:mm xxxx', '2026-01-01 02:00 +000030'],
    ['yyyy-MM-dd HH:mm xxxxx', '2026-01-01 02:00 +00:00:30'],
  ])('%s refuses the text %s', (pattern, text) => {
    expect(dateTimeParser(pattern, 'en')(text)).toBeUndefined();
  });

  it.each([
    'YYYY-ww',
    'yyyy-MM-dd]',
    'ppH',
    'yyyy{',
    'ddd',
    'SSSSSSSSSS',
    'B',
    'zzzz',
    ...[
      'DDDD',
      'y'.repeat(20),
      'u'.repeat(20),
      'n'.repeat(20),
      'OO',
      'OOO',
      'XXXXXX',
      'ZZZZZZ',
      'MMMMM',
      'GGGGG',
      'aa',
    ],
    ...['V', 'VVV', 'QQQQ', 'EEEEE', 'eeeee', 'e', "'open"],
  ])('%s is refused: it is wrong, or has no equivalent', (pattern) => {
    expect(() => dateTimeParser(pattern, 'en')).toThrow(PatternError);
  });

  it('with an hour and a fraction but no minutes gives only the date', () => {
    expect(dateTimeParser('yyyy-MM-dd HH SSS', 'en')('2026-01-01 01 003')).toBe(Date.UTC(2026, 0, 1));
    expect(dateTimeParser('yyyy-MM-dd HH:mm SSS', 'en')('2026-01-01 01:02 003')).toBe(Date.UTC(2026, 0, 1));
  });
});
