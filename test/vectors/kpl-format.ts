import * as v from 'valibot';

const text = v.string();
const base64 = v.pipe(text, v.base64('is not standard base64'));
const hex = v.pipe(text, v.regex(/^(?:[0-9a-f]{2})*$/i, 'is not hexadecimal'));
const decimal = v.pipe(text, v.regex(/^\d+$/, 'is not a decimal number'));
const id = v.pipe(text, v.nonEmpty('is empty'));

/** The same bytes may stand in two notations: one will do. */
const isGiven = (...notations: readonly unknown[]): boolean => notations.some((notation) => notation !== undefined);

const userRecord = v.pipe(
  v.object({
    partitionKey: text,
    explicitHashKey: v.nullish(text),
    dataBase64: v.optional(base64),
    dataUtf8: v.optional(text),
    tags: v.optional(v.array(v.object({ key: text, value: v.nullish(text) }))),
  }),
  v.check(({ dataBase64, dataUtf8 }) => isGiven(dataBase64, dataUtf8), 'has neither dataBase64 nor dataUtf8'),
);

/** An aggregate as some producer wrote it, and what is in it. */
export const aggregateCase = v.pipe(
  v.object({
    id,
    kind: v.literal('aggregated', 'is not a kind of vector that is known here (aggregated)'),
    aggregatedBase64: v.optional(base64),
    aggregatedHex: v.optional(hex),
    bytes: v.optional(v.number()),
    md5OfBody: v.optional(hex),
    partitionKeyTable: v.optional(v.array(text)),
    explicitHashKeyTable: v.optional(v.array(text)),
    /** False for what can be read, but has tables that no writer needs. */
    reencodesByteExact: v.boolean(),
    userRecords: v.pipe(v.array(userRecord), v.nonEmpty('is empty')),
  }),
  v.check(
    (each) => isGiven(each.aggregatedBase64, each.aggregatedHex),
    'has neither aggregatedBase64 nor aggregatedHex',
  ),
);
export type AggregateCase = v.InferOutput<typeof aggregateCase>;
export type UserRecordCase = AggregateCase['userRecords'][number];

/** What a consumer must make of bytes that are no aggregate, or not a sound one, by the words of the case's kind. */
const NEGATIVES = [
  { words: ['not-aggregated', 'plain', 'raw'], expected: 'plain' },
  { words: ['nested'], expected: 'nested' },
  { words: ['corrupt', 'malformed', 'invalid', 'truncated', 'broken', 'damaged', 'bad', 'error'], expected: 'unsound' },
] as const;
export type Negative = (typeof NEGATIVES)[number]['expected'];

const negative = (kind: string): Negative | undefined =>
  NEGATIVES.find(({ words }) => words.some((word) => `-${kind}-`.includes(`-${word}-`)))?.expected;

export const negativeCase = v.pipe(
  v.object({
    id,
    kind: v.pipe(
      text,
      v.check(
        (kind) => negative(kind) !== undefined,
        `is not a kind of negative that is known here (${NEGATIVES.flatMap(({ words }) => words).join(', ')})`,
      ),
    ),
    base64: v.optional(base64),
    hex: v.optional(hex),
    expected: v.pipe(text, v.nonEmpty('is empty')),
  }),
  v.check((each) => isGiven(each.base64, each.hex), 'has neither base64 nor hex'),
  // The sentence says more than the kind: an aggregate with a bad digest is corrupt, and returned as it is.
  v.transform(({ kind, expected, ...rest }) => ({
    ...rest,
    expected: /\bunchanged\b/i.test(expected) ? 'plain' : (negative(kind) ?? 'unsound'),
  })),
);
export type NegativeCase = v.InferOutput<typeof negativeCase>;

export const hashKeyCase = v.object({ partitionKey: text, md5Hex: v.optional(hex), hashKeyDecimal: decimal });
export type HashKeyCase = v.InferOutput<typeof hashKeyCase>;
