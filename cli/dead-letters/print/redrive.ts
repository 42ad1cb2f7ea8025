import type { SinkName } from '../../../infra/sinks.ts';
import { type Plan, placeOf } from '../redrive/plan.ts';
import type { Tally } from '../redrive/redrive.ts';
import { rangesOf, rangeText } from './list.ts';
import { counted, grouped, visible } from './text.ts';

/** What a redrive means for the order of the target. */
const ORDER: Readonly<Record<SinkName, string>> = {
  kinesisSink: 'they follow newer records of their keys that the stream holds already, in the order of their offsets',
  documentdbSink: 'a document that a newer record of the partition wrote stays, and its record is named as superseded',
};

/** What a redrive will send. */
export function planLines(sink: SinkName, { batches, tooLarge }: Plan): readonly string[] {
  const records = batches.flat();
  return [
    `${sink}: ${counted(records.length, 'record')} in ${counted(batches.length, 'invocation')}; ${ORDER[sink]}`,
    ...rangesOf(records).map((range) => `  ${rangeText(range)}, ${counted(range.recordCount, 'record')}`),
    ...(tooLarge.length === 0 ? [] : [`  ${counted(tooLarge.length, 'record')} too large to send`]),
  ].map(visible);
}

/** What a redrive settled, and every record that it left. */
export function tallyLines(tally: Tally): readonly string[] {
  const { sink, left } = tally;
  return [
    `${sink}: ${countsText(tally)}`,
    ...left
      .filter(({ failure }) => failure.code !== 'stopped')
      .map(({ record, failure }) => `  left: ${placeOf(record)} ${failure.code}: ${failure.detail}`),
  ].map(visible);
}

function countsText({ settledCount, recordCount, left }: Tally): string {
  const codes = Map.groupBy(left, ({ failure }) => failure.code);
  const counts = [...codes].map(([code, own]) => `${grouped(own.length)} ${code}`);
  return [`${grouped(settledCount)} of ${counted(recordCount, 'record')} settled`, ...counts].join(', ');
}

const BAR_LENGTH = 24;

/** `kinesisSink [######------] 300 of 1,000 records settled, 2 superseded` */
export function progressText(tally: Tally): string {
  const done = tally.recordCount === 0 ? 1 : (tally.settledCount + tally.left.length) / tally.recordCount;
  const bar = '#'.repeat(Math.floor(done * BAR_LENGTH)).padEnd(BAR_LENGTH, '-');
  return visible(`${tally.sink} [${bar}] ${countsText(tally)}`);
}
