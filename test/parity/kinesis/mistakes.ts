import { encodeAggregate, type UserRecord } from '../../../functions/kinesis-sink/plan/aggregate.ts';
import { bucketMiddle } from './ring.ts';
import type { Sent } from './sent.ts';

/** What a faulty encoder or sink would have sent in place of an entry; undefined: it cannot go wrong there. */
export interface Mistake {
  readonly name: string;
  readonly sendInstead: (sent: Sent) => UserRecord | undefined;
}

const aggregateOf = (sent: Sent, userRecords: readonly UserRecord[]): UserRecord => ({
  ...sent.stored,
  data: encodeAggregate(userRecords),
});

const isAggregate = ({ contents }: Sent): boolean => contents.length > 1;

const changed = (sent: Sent, change: (userRecord: UserRecord) => UserRecord): UserRecord | undefined =>
  isAggregate(sent)
    ? aggregateOf(sent, [...sent.contents.slice(0, -1), ...sent.contents.slice(-1).map(change)])
    : undefined;

/** Whoever puts a mistake into the code finds its like here; each must be noticed. */
export const MISTAKES: readonly Mistake[] = [
  {
    name: 'a digest with one wrong bit',
    sendInstead: (sent) => {
      if (!isAggregate(sent)) return undefined;
      const data = Buffer.from(sent.stored.data);
      data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
      return { ...sent.stored, data };
    },
  },
  {
    name: 'a user record is left out',
    sendInstead: (sent) => (isAggregate(sent) ? aggregateOf(sent, sent.contents.slice(0, -1)) : undefined),
  },
  {
    name: 'a user record twice',
    sendInstead: (sent) =>
      isAggregate(sent) ? aggregateOf(sent, [...sent.contents, ...sent.contents.slice(-1)]) : undefined,
  },
  {
    name: 'user records in reverse',
    sendInstead: (sent) => {
      const [first, last] = [sent.contents[0], sent.contents.at(-1)];
      const isPalindrome =
        first && last && first.partitionKey === last.partitionKey && !Buffer.compare(first.data, last.data);
      return isAggregate(sent) && !isPalindrome ? aggregateOf(sent, sent.contents.toReversed()) : undefined;
    },
  },
  {
    name: 'the last byte of the data is lost',
    sendInstead: (sent) =>
      sent.contents.at(-1)?.data.byteLength
        ? changed(sent, (userRecord) => ({ ...userRecord, data: userRecord.data.subarray(0, -1) }))
        : undefined,
  },
  {
    name: "another's partition key",
    sendInstead: (sent) =>
      changed(sent, (userRecord) => ({ ...userRecord, partitionKey: `${userRecord.partitionKey.slice(0, -1)}~` })),
  },
  {
    name: 'a hash key of its own for one user record',
    sendInstead: (sent) =>
      sent.stored.explicitHashKey === undefined
        ? undefined
        : changed(sent, (userRecord) => ({
            ...userRecord,
            explicitHashKey: String(BigInt(userRecord.explicitHashKey ?? 0) + 1n),
          })),
  },
  {
    name: "the next bucket's hash key, inside and outside",
    sendInstead: (sent) => {
      if (!isAggregate(sent) || sent.mode.aggregation !== 'bucket') return undefined;
      const explicitHashKey = String(bucketMiddle((sent.hashKey + 2n ** 121n) % 2n ** 128n));
      const userRecords = sent.contents.map((userRecord) => ({ ...userRecord, explicitHashKey }));
      return { ...aggregateOf(sent, userRecords), explicitHashKey };
    },
  },
  {
    name: 'no hash key in the user records',
    sendInstead: (sent) =>
      isAggregate(sent) && sent.stored.explicitHashKey !== undefined
        ? aggregateOf(
            sent,
            sent.contents.map((userRecord) => ({ ...userRecord, explicitHashKey: undefined })),
          )
        : undefined,
  },
  {
    name: 'no hash key outside the aggregate',
    sendInstead: (sent) =>
      isAggregate(sent) && sent.stored.explicitHashKey !== undefined
        ? { ...sent.stored, explicitHashKey: undefined }
        : undefined,
  },
  {
    name: 'another partition key outside the aggregate',
    sendInstead: (sent) =>
      isAggregate(sent) && sent.stored.explicitHashKey === undefined
        ? { ...sent.stored, partitionKey: 'a' }
        : undefined,
  },
  {
    name: 'a single record as an aggregate',
    sendInstead: (sent) => (isAggregate(sent) ? undefined : aggregateOf(sent, sent.contents)),
  },
  {
    name: 'a single record under another partition key',
    sendInstead: (sent) => (isAggregate(sent) ? undefined : { ...sent.stored, partitionKey: 'a' }),
  },
];
