import * as v from 'valibot';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const sink = v.picklist(['kinesisSink', 'documentdbSink']);
const PRODUCED_MAX = 5_000;

const form = v.variant('kind', [
  v.strictObject({
    kind: v.literal('engine'),
    engine: v.picklist(['kafka', 'kinesis', 'documentdb']),
    isAway: v.boolean(),
  }),
  v.strictObject({ kind: v.literal('throttle'), share }),
  v.strictObject({ kind: v.literal('refuse'), share }),
  v.strictObject({ kind: v.literal('poison'), poison: v.picklist(['notJson', 'noKey', 'oversized', 'refused']) }),
  v.strictObject({
    kind: v.literal('produce'),
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(PRODUCED_MAX)),
  }),
  v.strictObject({ kind: v.literal('killFunction'), sink }),
  v.strictObject({ kind: v.literal('retryReading'), reading: v.picklist(['fromLowest', 'listedOnly']) }),
  v.strictObject({ kind: v.literal('rule'), isOn: v.boolean() }),
  /** A dead letter's key, or all. */
  v.strictObject({ kind: v.literal('redrive'), key: v.nullable(v.string()) }),
]);

/** What a button of the page asks for. */
export type Act = v.InferOutput<typeof form>;

/** Undefined if the body is no act. */
export function readAct(body: string): Act | undefined {
  try {
    const { success, output } = v.safeParse(form, JSON.parse(body));
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}
