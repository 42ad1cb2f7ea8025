import { describe, expect, it } from 'vitest';
import { dateParser } from '../../../../../../functions/documentdb-sink/java/simple-date/parser.ts';

const NOW_YEAR = 2026;
const parse = (pattern: string, text: string) => dateParser(pattern, NOW_YEAR)(text);

const FEBRUARY_5 = Date.UTC(2024, 1, 5);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const inYear = (year: number, month = 0, day = 1) => new Date(0).setUTCFullYear(year, month, day);

// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/text/SimpleDateFormat.html
describe('SimpleDateFormat.parse', () => {
  it.each([
    ['yyyy-MM-dd', '2024-02-05', FEBRUARY_5],
    ['yyyy-MM-dd', '2024-2-5 and more', FEBRUARY_5],
    ['yyyy-MM-dd', '\u0662\u0660\u0662\u0664-02-\uff10\uff15', FEBRUARY_5],
    ['yy-MM-dd', '\u0662\u0664-02-05', FEBRUARY_5],
    ['yyyyMMdd', '20240205', FEBRUARY_5],
    ['yyyyMMdd', '2024025', FEBRUARY_5],
    ['yyyy-LL-dd', '2024-02-05', FEBRUARY_5],
    ["yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", '2024-02-05T07:08:09.012Z', FEBRUARY_5 + 7 * HOUR_MS + 8 * MINUTE_MS + 9_012],
    ["yyyy 'o''clock' MM", "2024 o'clock 02", Date.UTC(2024, 1)],
    ["yyyy''MM", "2024'02", Date.UTC(2024, 1)],
    ['MMM d yyyy', 'Feb 5 2024', FEBRUARY_5],
    ['MMM d yyyy', 'fEBRUARY 5 2024', FEBRUARY_5],
    ['MMMM d yyyy', 'Feb 5 2024', FEBRUARY_5],
    ['LLL d yyyy', 'Feb 5 2024', FEBRUARY_5],
    ['MMM d yyyy', 'May 5 2024', Date.UTC(2024, 4, 5)],
    ['EEE, d MMM yyyy', 'Mon, 5 Feb 2024', FEBRUARY_5],
    ['EEEE d MMM yyyy', 'Tuesday 5 Feb 2024', FEBRUARY_5],
    ['u d MMM yyyy', '7 5 Feb 2024', FEBRUARY_5],
    ['yyyy-MM-dd', ' 2024- 2-\t5', FEBRUARY_5],
    ['yyyy-MM-dd', '2023-14-05', FEBRUARY_5],
    ['yyyy-MM-dd', '2024-01-36', FEBRUARY_5],
    ['yyyy-MM-dd HH', '2024-02-04 24', FEBRUARY_5],
    ['dd MM yyyy dd', '01 02 2024 05', FEBRUARY_5],
    ['yyyy-MM-dd', '2024-02-4294967301', FEBRUARY_5],
    ['d', '-5', Date.UTC(1970, 0, -5)],
    ['S', '7', 7],
    ['S', '1234', 1_234],
    ['', 'anything', 0],
    ['MM', '02', Date.UTC(1970, 1)],
  ])('%j reads %j', (pattern, text, ms) => {
    expect(parse(pattern, text)).toBe(ms);
  });

  it.each([
    ['yyyy-MM-dd', '2024/02/05'],
    ['yyyy-MM-dd', 'x2024-02-05'],
    ['yyyy-MM-dd', '2024-02-'],
    ['yyyy-MM-dd', '2024-02-   '],
    ['yyyyMMdd', '2024'],
    ['yyyyMMdd', '202402'],
    ['HHmm', '1'],
    ['MMM', 'Foo'],
    ['MMM', '02'],
    ['MM', 'Feb'],
    ['d', '+5'],
    ['G', 'XX'],
    ['a', 'XM'],
    ['E', 'Xyz'],
    ['z', 'XYZ'],
    ['z', ''],
    ["yyyy'T'", '2024'],
    ['ww yyyy', '05 2024'],
  ])('%j refuses %j', (pattern, text) => {
    expect(parse(pattern, text)).toBeUndefined();
  });

  it.each([
    ['yy', '24', 2024],
    ['y', '24', 2024],
    ['yy', '45', 2045],
    ['yy', '47', 1947],
    ['yy', '99', 1999],
    ['yy', '00', 2000],
    ['yy', '2024', 2024],
    ['yyyy', '24', 24],
    ['yyy', '24', 24],
  ])('%s reads the year %s as %i', (pattern, text, year) => {
    const ms = parse(`${pattern}-MM-dd`, `${text}-06-15`);
    expect(ms).toBe(year > 1582 ? inYear(year, 5, 15) : inYear(year, 5, 13));
  });

  it.each([
    ['yy-', '123-', inYear(122, 11, 31)],
    ['yy-', '1-', inYear(0, 11, 30)],
    ['G yyyy', 'AD 2024', inYear(2024)],
    ['G yyyy', 'bc 0001', inYear(-1, 11, 30)],
    ['yyyy yy', '1999 24', inYear(2024)],
    ['yy yyyy', '24 1999', inYear(1999)],
  ])('%s reads %s', (pattern, text, ms) => {
    expect(parse(pattern, text)).toBe(ms);
  });

  it.each([
    ['hh:mm a', '12:30 AM', 0.5],
    ['hh:mm a', '12:30 pm', 12.5],
    ['hh:mm a', '01:30 PM', 13.5],
    ['hh:mm a', '11:30 AM', 11.5],
    ['hh:mm', '12:30', 0.5],
    ['hh:mm', '01:30', 1.5],
    ['KK:mm a', '00:30 PM', 12.5],
    ['KK:mm a', '11:30 AM', 11.5],
    ['kk:mm', '24:30', 0.5],
    ['kk:mm', '23:30', 23.5],
    ['HH:mm', '23:30', 23.5],
    ['HH hh a', '13 01 AM', 1],
    ['HH a', '13 AM', 13],
    ['HH hh', '13 02', 13],
    ['a', 'PM', 12],
    ['mm', '90', 1.5],
    ['ss', '3600', 1],
  ])('%s reads %s as hour %d', (pattern, text, hours) => {
    expect(parse(pattern, text)).toBe(hours * HOUR_MS);
  });

  it.each([
    ['D yyyy', '36 2024', FEBRUARY_5],
    ['dd D yyyy', '01 36 2024', FEBRUARY_5],
    ['D dd MM yyyy', '36 07 03 2024', Date.UTC(2024, 2, 7)],
    ['dd D dd MM yyyy', '01 36 07 03 2024', Date.UTC(2024, 2, 7)],
    ['D MM yyyy', '36 03 2024', FEBRUARY_5],
  ])('%s reads %s: what was read last applies', (pattern, text, ms) => {
    expect(parse(pattern, text)).toBe(ms);
  });
});

describe('a zone', () => {
  const hoursOf = (pattern: string, text: string) => {
    const ms = parse(`HH ${pattern}`, `00 ${text}`);
    return ms === undefined ? undefined : -ms / HOUR_MS || 0;
  };

  it.each([
    ...([
      ['UTC', 0],
      ['GMT', 0],
      ['EST', -5],
      ['EDT', -4],
      ['CST', -6],
      ['CDT', -5],
      ['MST', -7],
      ['MDT', -6],
    ] as const),
    ...([
      ['PST', -8],
      ['PDT', -7],
      ['pst', -8],
    ] as const),
    ...([
      ['+0130', 1.5],
      ['-0830', -8.5],
      ['+2359', 23 + 59 / 60],
      ['+0000', 0],
    ] as const),
    ...([
      ['GMT+1:30', 1.5],
      ['GMT-01:30', -1.5],
      ['gmt+10:00', 10],
      ['GMT+1:30 or so', 1.5],
    ] as const),
    ...['+2400', '+0160', '+01', '+1', '+1:30', '+01:30', 'GMT+', 'GMT+100', 'GMT+1', 'GMT+24:00', 'ABC', 'Z'].map(
      (text) => [text, undefined] as const,
    ),
  ])('%s is %s', (text, hours) => {
    expect([hoursOf('z', text), hoursOf('Z', text), hoursOf('zzzz', text)]).toEqual([hours, hours, hours]);
  });

  it.each([
    ['X', 'Z', 0],
    ['X', '+01', 1],
    ['X', '-0130', -1],
    ['X', '+1', undefined],
    ['XX', 'Z', 0],
    ['XX', '+0130', 1.5],
    ['XX', '+01', undefined],
    ['XX', '+01:30', undefined],
    ['XXX', '-01:30', -1.5],
    ['XXX', '+0130', undefined],
    ['XXX', 'Z', 0],
    ['XXX', '+1:30', undefined],
    ['X', 'z', undefined],
    ['X', 'UTC', undefined],
  ])('by %s, %s is %s', (pattern, text, hours) => {
    expect(hoursOf(pattern, text)).toBe(hours);
  });

  it('lets text follow', () => {
    expect(parse("HH zzz'!'mm", '00 PST!30')).toBe(8.5 * HOUR_MS);
    expect(parse("HH Z'!'mm", '00 +0130!30')).toBe(-HOUR_MS);
    expect(parse("HH z'!'mm", '00 GMT!30')).toBe(0.5 * HOUR_MS);
    expect(parse("HH X'!'mm", '00 Z!30')).toBe(0.5 * HOUR_MS);
    expect(parse("HH XXX'!'mm", '00 +01:30!30')).toBe(-HOUR_MS);
  });
});
