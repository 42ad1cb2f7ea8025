/** So many records are in the scratch topic, in one partition. */
export const RECORD_COUNT = 6;
/** The record that the function reports as failed, always. */
export const FAILED_OFFSET = 2;

const MARK = 'DELIVERY ';

/** Logs each event, which has only records of the scratch topic, and reports one record as failed. */
export const SCRATCH_CODE = `exports.handler = async (event) => {
  console.log(${JSON.stringify(MARK)} + JSON.stringify(event));
  const failed = Object.entries(event.records).flatMap(([partition, records]) =>
    records.filter(({ offset }) => offset === ${FAILED_OFFSET}).map(({ offset }) => ({ itemIdentifier: { partition, offset } })));
  return { batchItemFailures: failed };
};
`;

/** An event as Lambda delivered it. */
export interface Delivery {
  readonly records: Readonly<Record<string, readonly { readonly offset: number }[]>>;
}

/** The events in lines of the function's log, in their order. */
export const deliveriesIn = (messages: readonly string[]): readonly Delivery[] =>
  messages.flatMap((message) => {
    const at = message.indexOf(MARK);
    return at < 0 ? [] : [JSON.parse(message.slice(at + MARK.length))];
  });

export type Reading = 'listedOnly' | 'fromLowest' | 'neither';

/** How Lambda repeated: undefined until the failed record came twice. */
export function readingOf(deliveries: readonly Delivery[]): Reading | undefined {
  const [first, second] = deliveries.map(offsetsOf).filter((offsets) => offsets.includes(FAILED_OFFSET));
  if (first === undefined || second === undefined) return undefined;
  const behind = first.filter((offset) => offset > FAILED_OFFSET);
  if (behind.length === 0) return 'neither';
  if (sameOffsets(second, [FAILED_OFFSET])) return 'listedOnly';
  return sameOffsets(second, [FAILED_OFFSET, ...behind]) ? 'fromLowest' : 'neither';
}

const offsetsOf = ({ records }: Delivery): readonly number[] =>
  Object.values(records)
    .flat()
    .map(({ offset }) => offset)
    .toSorted((one, other) => one - other);

const sameOffsets = (some: readonly number[], others: readonly number[]): boolean => some.join() === others.join();
