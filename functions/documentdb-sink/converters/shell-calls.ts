import { Binary, ObjectId, Timestamp } from 'mongodb';
import { interpret } from './extended-json.ts';
import { numberOf } from './number.ts';
import { notJson, type Token } from './shell-scanner.ts';
import { UnconvertibleError } from './unconvertible-error.ts';

type Call = (parameters: readonly Token[]) => unknown;

const textOf = (token: Token | undefined): string =>
  token !== undefined && 'text' in token && token.kind !== 'sign' ? token.text : notJson();

/** By extended JSON, whose checks hold here as well. */
const extended = (type: string, content: unknown): unknown => interpret(new Map([[type, content]]));

const date: Call = ([first, ...rest]) => {
  if (first === undefined || rest.length > 0) throw new UnconvertibleError('a date is not given by one parameter');
  return extended('$date', first.kind === 'number' ? numberOf(first.text) : fullInstant(textOf(first)));
};

/** `ISODate` takes a day alone. */
const fullInstant = (text: string): string => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);

const binary: Call = ([subtype, base64]) =>
  extended(
    '$binary',
    new Map<string, unknown>([
      ['base64', textOf(base64)],
      ['subType', Number(textOf(subtype)).toString(16)],
    ]),
  );

const uuid: Call = ([digits]) =>
  extended(
    '$uuid',
    textOf(digits).replace(
      /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i,
      '$1-$2-$3-$4-$5',
    ),
  );

/** What the shell writes for types that JSON has not, by their names. */
export const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  [
    'ObjectId',
    ([hex]) => (hex === undefined ? notJson() : new ObjectId(/^[0-9a-f]{24}$/i.exec(textOf(hex))?.[0] ?? notJson())),
  ],
  ['ISODate', date],
  ['Date', date],
  ['NumberInt', ([digits]) => extended('$numberInt', textOf(digits))],
  ['NumberLong', ([digits]) => extended('$numberLong', textOf(digits))],
  ['NumberDecimal', ([digits]) => extended('$numberDecimal', textOf(digits))],
  ['BinData', binary],
  ['HexData', ([subtype, hex]) => new Binary(hexOf(textOf(hex)), Number(textOf(subtype)))],
  ['UUID', uuid],
  ['Timestamp', ([t, i]) => new Timestamp({ t: uint32(textOf(t)), i: uint32(textOf(i)) })],
  [
    'RegExp',
    ([pattern, options]) =>
      extended(
        '$regularExpression',
        new Map([
          ['pattern', textOf(pattern)],
          ['options', options === undefined ? '' : textOf(options)],
        ]),
      ),
  ],
]);

const hexOf = (hex: string): Buffer => (/^(?:[0-9a-f]{2})*$/i.test(hex) ? Buffer.from(hex, 'hex') : notJson());

const uint32 = (digits: string): number =>
  /^\d{1,10}$/.test(digits) && Number(digits) < 2 ** 32 ? Number(digits) : notJson();
