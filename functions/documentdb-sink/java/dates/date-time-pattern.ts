import { PatternError } from '../regex/pattern-error.ts';
import { fractionForm, type NumberForm, numberParser, reducedYearForm } from '../text/number-parser.ts';
import { FAILED, type Field, type Parse } from '../text/parsed.ts';
import { amPmTexts, dayOfWeekTexts, eraTexts, monthTexts, quarterTexts, textParser } from './date-time-texts.ts';
import { localizedOffsetParser, type OffsetStyle, offsetParser, zoneParser } from './zone-parser.ts';

/**
 * Compiles a pattern of `DateTimeFormatter.ofPattern` into a parser.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/format/DateTimeFormatter.html
 * @param locale a BCP 47 tag
 * @throws PatternError if the pattern is wrong, or has a letter without an equivalent here
 */
export function compilePattern(pattern: string, locale: string): Parse {
  const sections = [new Section()];
  for (const token of tokensOf(pattern)) {
    const section = sections.at(-1) ?? new Section();
    if (token === '[') sections.push(section.open());
    else if (token === ']') {
      sections.pop();
      const outer = sections.at(-1);
      if (outer === undefined) throw new PatternError('it has a ] without a [');
      outer.add(optional(section.parser()));
    } else addToken(section, token, locale);
  }
  // As in Java, an optional section that is not closed ends with the pattern.
  for (let inner = sections.pop(); inner !== undefined; inner = sections.pop()) {
    const outer = sections.at(-1);
    if (outer === undefined) return inner.parser();
    outer.add(optional(inner.parser()));
  }
  throw new PatternError('it has a ] without a [');
}

const TOKEN = /'(?:[^']|'')*'|([a-zA-Z])\1*|[\s\S]/gu;

const tokensOf = (pattern: string): readonly string[] => pattern.match(TOKEN) ?? [];

class Section {
  readonly #parsers: Parse[] = [];
  /** The last number without a fixed length. It leaves the digits that directly following numbers need. */
  #number: NumberForm | undefined;

  open(): Section {
    this.#number = undefined;
    return new Section();
  }

  add(parse: Parse): void {
    this.#number = undefined;
    this.#parsers.push(parse);
  }

  addNumber(form: NumberForm): void {
    const isFixed = form.digitsMin === form.digitsMax && form.sign === 'notNegative';
    if (this.#number !== undefined && isFixed) this.#number.digitsAfter += form.digitsMax;
    else {
      if (this.#number !== undefined) this.#number.digitsAfter = 0;
      this.#number = form;
    }
    this.#parsers.push(numberParser(form));
  }

  parser(): Parse {
    return (text, at, parsed) => {
      let end = at;
      for (const parse of this.#parsers) {
        end = parse(text, end, parsed);
        if (end === FAILED) return FAILED;
      }
      return end;
    };
  }
}

/** If an optional section does not match, the fields that it has read are discarded. */
const optional =
  (parse: Parse): Parse =>
  (text, at, parsed) => {
    const attempt = { fields: new Map(parsed.fields), zone: parsed.zone };
    const end = parse(text, at, attempt);
    if (end === FAILED) return at;
    for (const [field, value] of attempt.fields) parsed.fields.set(field, value);
    parsed.zone = attempt.zone;
    return end;
  };

const literal =
  (expected: string): Parse =>
  (text, at) =>
    text.startsWith(expected, at) ? at + expected.length : FAILED;

function addToken(section: Section, token: string, locale: string): void {
  const [first = ''] = token;
  if (/^'./s.test(token)) section.add(literal(token === "''" ? "'" : token.slice(1, -1).replaceAll("''", "'")));
  else if (/['{}#]/.test(first)) throw new PatternError(`it has a ${first}, which Java reserves: quote the character`);
  else if (/[a-zA-Z]/.test(first)) addLetter(section, first, { count: token.length, locale });
  else section.add(literal(token));
}

interface Letter {
  readonly count: number;
  readonly locale: string;
}

function addLetter(section: Section, letter: string, { count, locale }: Letter): void {
  const form = numberForm(letter, count);
  const parse = form === undefined ? otherParser(letter, { count, locale }) : undefined;
  if (form !== undefined) section.addNumber(form);
  else if (parse !== undefined) section.add(parse);
  else throw new PatternError(`${letter.repeat(count)} has no equivalent here`);
}

const DIGITS_MAX = 19;

const number = (field: Field, digitsMin: number, digitsMax: number, sign: NumberForm['sign']): NumberForm => ({
  field,
  digitsMin,
  digitsMax,
  sign,
  digitsAfter: 0,
});

const SHORT_NUMBERS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['d', 'day'],
  ['H', 'hourOfDay'],
  ['k', 'clockHourOfDay'],
  ['K', 'hourOfAmPm'],
  ['h', 'clockHourOfAmPm'],
  ['m', 'minute'],
  ['s', 'second'],
  ['M', 'month'],
  ['L', 'month'],
  ['Q', 'quarter'],
  ['q', 'quarter'],
]);
const LONG_NUMBERS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['n', 'nanoOfSecond'],
  ['A', 'milliOfDay'],
  ['N', 'nanoOfDay'],
]);
const FRACTION_DIGITS_MAX = 9;

function numberForm(letter: string, count: number): NumberForm | undefined {
  const short = SHORT_NUMBERS.get(letter);
  if (short !== undefined && count <= 2) {
    return count === 1 ? number(short, 1, DIGITS_MAX, 'normal') : number(short, 2, 2, 'notNegative');
  }
  const long = LONG_NUMBERS.get(letter);
  if (long !== undefined && count <= DIGITS_MAX) return number(long, count, DIGITS_MAX, 'notNegative');
  if (letter === 'S' && count <= FRACTION_DIGITS_MAX) return fractionForm(count);
  if (letter === 'D') return dayOfYearForm(count);
  return letter === 'y' || letter === 'u' ? yearForm(letter === 'y' ? 'yearOfEra' : 'year', count) : undefined;
}

function dayOfYearForm(count: number): NumberForm | undefined {
  if (count === 1) return number('dayOfYear', 1, DIGITS_MAX, 'normal');
  return count <= 3 ? number('dayOfYear', count, 3, 'notNegative') : undefined;
}

function yearForm(field: Field, count: number): NumberForm | undefined {
  if (count === 2) return reducedYearForm(field);
  if (count > DIGITS_MAX) return undefined;
  return number(field, count, DIGITS_MAX, count < 4 ? 'normal' : 'exceedsPad');
}

/** Letters that stand for text, with the repetitions that are supported. */
const TEXTS: ReadonlyMap<string, { readonly counts: string; readonly create: (letter: Letter) => Parse }> = new Map([
  [
    'M',
    {
      counts: '34',
      create: ({ locale, count }: Letter) => textParser('month', monthTexts(locale, widthOf(count), false)),
    },
  ],
  [
    'L',
    {
      counts: '34',
      create: ({ locale, count }: Letter) => textParser('month', monthTexts(locale, widthOf(count), true)),
    },
  ],
  ['Q', { counts: '3', create: () => textParser('quarter', quarterTexts) }],
  ['q', { counts: '3', create: () => textParser('quarter', quarterTexts) }],
  [
    'E',
    {
      counts: '1234',
      create: ({ locale, count }: Letter) => textParser('dayOfWeek', dayOfWeekTexts(locale, widthOf(count))),
    },
  ],
  [
    'e',
    {
      counts: '34',
      create: ({ locale, count }: Letter) => textParser('dayOfWeek', dayOfWeekTexts(locale, widthOf(count))),
    },
  ],
  [
    'c',
    {
      counts: '34',
      create: ({ locale, count }: Letter) => textParser('dayOfWeek', dayOfWeekTexts(locale, widthOf(count))),
    },
  ],
  ['a', { counts: '1', create: ({ locale }: Letter) => textParser('amPm', amPmTexts(locale)) }],
  ['G', { counts: '1234', create: ({ locale, count }: Letter) => textParser('era', eraTexts(locale, widthOf(count))) }],
  ['V', { counts: '2', create: () => zoneParser }],
]);

const widthOf = (count: number): 'long' | 'short' => (count === 4 ? 'long' : 'short');

function otherParser(letter: string, form: Letter): Parse | undefined {
  const text = TEXTS.get(letter);
  if (text === undefined) return offsetLetter(letter, form.count);
  return text.counts.includes(String(form.count)) ? text.create(form) : undefined;
}

const OFFSET_STYLES: readonly OffsetStyle[] = ['+HHmm', '+HHMM', '+HH:MM', '+HHMMss', '+HH:MM:ss'];

function offsetLetter(letter: string, count: number): Parse | undefined {
  const style = OFFSET_STYLES[count - 1];
  if (letter === 'O') return count === 1 || count === 4 ? localizedOffsetParser(count === 4) : undefined;
  if (style === undefined) return undefined;
  if (letter === 'X') return offsetParser(style, 'Z');
  if (letter === 'x') return offsetParser(style, zeroOf(count));
  if (letter !== 'Z') return undefined;
  if (count === 4) return localizedOffsetParser(true);
  return count === 5 ? offsetParser('+HH:MM:ss', 'Z') : offsetParser('+HHMM', '+0000');
}

function zeroOf(count: number): string {
  if (count === 1) return '+00';
  return count % 2 === 0 ? '+0000' : '+00:00';
}
