import * as v from 'valibot';

const text = v.string();
const base64 = v.pipe(text, v.base64('is not standard base64'));
const hex = v.pipe(text, v.regex(/^(?:[0-9a-f]{2})*$/i, 'is not hexadecimal'));
const decimal = v.pipe(text, v.regex(/^\d+$/, 'is not a decimal number'));
const id = v.pipe(text, v.nonEmpty('is empty'));

const userRecord = v.object({
  partitionKey: text,
  explicitHashKey: v.nullish(text),
  dataBase64: base64,
  dataUtf8: v.optional(text),
  tags: v.optional(v.array(v.object({ key: text, value: v.nullish(text) }))),
});

/** An aggregate as some producer wrote it, and what is in it. */
export const aggregateCase = v.object({
  id,
  kind: v.literal('aggregated', 'is not a kind of vector that is known here (aggregated)'),
  aggregatedBase64: base64,
  aggregatedHex: v.optional(hex),
  bytes: v.optional(v.number()),
  md5OfBody: v.optional(hex),
  partitionKeyTable: v.optional(v.array(text)),
  explicitHashKeyTable: v.optional(v.array(text)),
  /** False for what can be read, but has tables that no writer needs. */
  reencodesByteExact: v.boolean(),
  userRecords: v.pipe(v.array(userRecord), v.nonEmpty('is empty')),
});
export type AggregateCase = v.InferOutput<typeof aggregateCase>;
export type UserRecordCase = AggregateCase['userRecords'][number];

/** What a consumer must make of bytes that are no aggregate, or not a sound one, by how the case's kind begins. */
const NEGATIVES = {
  'not-aggregated': 'plain',
  plain: 'plain',
  raw: 'plain',
  bad: 'unsound',
  broken: 'unsound',
  corrupt: 'unsound',
  invalid: 'unsound',
  malformed: 'unsound',
  truncated: 'unsound',
  nested: 'nested',
} as const;
export type Negative = (typeof NEGATIVES)[keyof typeof NEGATIVES];

const negative = (kind: string): Negative | undefined =>
  Object.entries(NEGATIVES).find(([name]) => kind === name || kind.startsWith(`${name}-`))?.[1];

export const negativeCase = v.pipe(
  v.object({
    id,
    kind: v.pipe(
      text,
      v.check(
        (kind) => negative(kind) !== undefined,
        `is not a kind of negative that is known here (${Object.keys(NEGATIVES).join(', ')})`,
      ),
    ),
    base64,
    hex: v.optional(hex),
    expected: v.pipe(text, v.nonEmpty('is empty')),
  }),
  // The sentence says more than the kind: an aggregate with a bad digest is corrupt, and returned as it is.
  v.transform(({ kind, expected, ...rest }) => ({
    ...rest,
    expected: /\bunchanged\b/i.test(expected) ? 'plain' : (negative(kind) ?? 'unsound'),
  })),
);
export type NegativeCase = v.InferOutput<typeof negativeCase>;

export const hashKeyCase = v.object({ partitionKey: text, md5Hex: v.optional(hex), hashKeyDecimal: decimal });
export type HashKeyCase = v.InferOutput<typeof hashKeyCase>;
