import { describe, expect, it } from 'vitest';
import { calendarDayOf, epochDayOf } from '../../../../../../functions/documentdb-sink/java/simple-date/calendar.ts';
import { dateFormatter } from '../../../../../../functions/documentdb-sink/java/simple-date/formatter.ts';

const MONDAY = '2024-02-05T07:08:09.012Z';
const NEW_YEARS_EVE = '2023-12-31T00:05:00Z';
const format = (pattern: string, date: string | number) => dateFormatter(pattern)(new Date(date));

// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/text/SimpleDateFormat.html
describe('SimpleDateFormat.format', () => {
  it.each([
    ['G GGGG', 'AD AD'],
    ['y yy yyy yyyy yyyyy', '2024 24 2024 2024 02024'],
    ['Y YY YYYY', '2024 24 2024'],
    ['M MM MMM MMMM', '2 02 Feb February'],
    ['L LL LLL LLLL', '2 02 Feb February'],
    ['w ww W', '6 06 2'],
    ['D DDD d dd F', '36 036 5 05 1'],
    ['E EEE EEEE u', 'Mon Mon Monday 1'],
    ['a H HH k K h', 'AM 7 07 7 7 7'],
    ['m mm s ss S SSS', '8 08 9 09 12 012'],
    ['z zzz zzzz Z X XX XXX', 'UTC UTC Coordinated Universal Time +0000 Z Z Z'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", '2024-02-05T07:08:09.012Z'],
    ["h 'o''clock' '' ''''", "7 o'clock ' '"],
    ["'a'h'b'", 'a7b'],
    ['', ''],
  ])('%j', (pattern, text) => {
    expect(format(pattern, MONDAY)).toBe(text);
  });

  it.each([
    ['yyyy Y w W D F E u', NEW_YEARS_EVE, '2023 2024 1 6 365 5 Sun 7'],
    ['a H k K h', NEW_YEARS_EVE, 'AM 0 24 0 12'],
    ['Y w u', '2023-12-30T00:00:00Z', '2023 52 6'],
    ['Y w', '2022-12-31T00:00:00Z', '2022 53'],
    ['Y w', '2021-12-31T00:00:00Z', '2022 1'],
    ['Y w W', '2023-01-01T00:00:00Z', '2023 1 1'],
    ['a H k K h', '2024-02-05T12:00:00Z', 'PM 12 12 0 12'],
    ['a H k K h', '2024-02-05T13:59:59.999Z', 'PM 13 13 1 1'],
    ['a H m s S', '2024-02-05T11:59:59.999Z', 'AM 11 59 59 999'],
    ['yy y', '2005-02-05T00:00:00Z', '05 2005'],
    ['F', '2024-02-07T00:00:00Z', '1'],
    ['F', '2024-02-08T00:00:00Z', '2'],
    ['E EEEE u', '1969-12-31T23:59:59.999Z', 'Wed Wednesday 3'],
    ['E u', '1970-01-01T00:00:00Z', 'Thu 4'],
  ])('%j of %s', (pattern, date, text) => {
    expect(format(pattern, date)).toBe(text);
  });

  it.each([
    ["yyyy-MM-dd'", "it has a ' that is not closed"],
    ['yyyy b', 'it has the letter b'],
    ['A', 'it has the letter A'],
    ['XXXX', 'it has more than three X'],
  ])('refuses %s', (pattern, problem) => {
    expect(() => dateFormatter(pattern)).toThrow(problem);
  });
});

// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/GregorianCalendar.html
describe('the calendar', () => {
  const gregorian = (year: number, month: number, day: number) => new Date(0).setUTCFullYear(year, month - 1, day);

  it.each([
    ['AD 1582-10-15', gregorian(1582, 10, 15)],
    ['AD 1582-10-04', gregorian(1582, 10, 14)],
    ['AD 1582-01-01', gregorian(1582, 1, 11)],
    ['AD 1500-02-29', gregorian(1500, 3, 10)],
    ['AD 1500-03-01', gregorian(1500, 3, 11)],
    ['AD 0001-01-01', gregorian(0, 12, 30)],
    ['BC 0001-12-31', gregorian(0, 12, 29)],
    ['BC 0001-01-01', gregorian(-1, 12, 30)],
    ['BC 0002-12-31', gregorian(-1, 12, 29)],
  ])('is Julian until 1582-10-04: %s', (text, ms) => {
    expect(format('G yyyy-MM-dd', ms)).toBe(text);
  });

  it('has one day after another, and each is found again', () => {
    let before = calendarDayOf(-800_001);
    for (let epochDay = -800_000; epochDay < -789_000; epochDay += 1) {
      const day = calendarDayOf(epochDay);
      const isNext = day.day === before.day + 1 || (day.day === 1 && before.day >= 28);
      if (!isNext || epochDayOf(day) !== epochDay) throw new Error(`${epochDay} is ${JSON.stringify(day)}`);
      before = day;
    }
    expect([-141_428, -141_427, 0, 20_000].map((day) => epochDayOf(calendarDayOf(day)))).toEqual([
      -141_428, -141_427, 0, 20_000,
    ]);
  });

  it('takes months and days beyond their range', () => {
    expect(epochDayOf({ year: 2023, month: 12, day: 1 })).toBe(epochDayOf({ year: 2024, month: 0, day: 1 }));
    expect(epochDayOf({ year: 1500, month: -1, day: 1 })).toBe(epochDayOf({ year: 1499, month: 11, day: 1 }));
    expect(epochDayOf({ year: 1582, month: 9, day: 5 })).toBe(epochDayOf({ year: 1582, month: 9, day: 15 }));
  });
});
