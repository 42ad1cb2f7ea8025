import type { UserRecord } from '../../../functions/kinesis-sink/plan/aggregate.ts';
import { type ShardRange, WHOLE_RING } from '../../support/kpl/deaggregate.ts';
import type { Answer, Judge, Question } from './judges.ts';
import { equalShard, md5Of, otherShard, someShard } from './ring.ts';
import type { Sent } from './sent.ts';

/** A question, and the only right answer to it. */
export interface Charge extends Question {
  readonly name: string;
  readonly expected: readonly Answer[];
}

/** What is asked about one Kinesis record. */
export function chargesOf(sent: Sent, random: () => number): readonly Charge[] {
  const { stored, contents, name } = sent;
  const aggregated = contents.length > 1;
  const expected = contents.map((userRecord) => ({ ...userRecord, aggregated }));
  const charge = (where: string, shard: ShardRange, answers: readonly Answer[]): Charge => ({
    name: `${name} ${where}`,
    stored,
    shard,
    expected: answers,
  });
  const hashKey = hashKeyOf(stored);
  const shardCount = 2n ** BigInt(Math.floor(random() * 8));
  return [
    charge('in the shard that stores it', someShard(hashKey, random), expected),
    charge('in a shard of one hash key', { first: hashKey, last: hashKey }, expected),
    charge(`in its shard of ${shardCount} equal ones`, equalShard(sent.hashKey, shardCount), expected),
    // Only aggregates are dropped: what a plain record is about, the shard has decided.
    charge('in another shard', otherShard(hashKey, random), aggregated ? [] : expected),
    charge('in the whole ring', WHOLE_RING, expected),
  ];
}

/** Where Kinesis puts it: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
const hashKeyOf = ({ partitionKey, explicitHashKey }: UserRecord): bigint =>
  explicitHashKey === undefined ? md5Of(partitionKey) : BigInt(explicitHashKey);

export interface Verdict {
  readonly judge: string;
  readonly questionCount: number;
  /** That the judge answered with. */
  readonly userRecordCount: number;
  readonly disagreements: readonly string[];
  readonly elapsedMs: number;
}

export async function verdictOf(judge: Judge, charges: readonly Charge[]): Promise<Verdict> {
  const asked = judge.minds === 'shards' ? charges : charges.filter(({ shard }) => shard === WHOLE_RING);
  const startedAtMs = performance.now();
  const disagreements: string[] = [];
  let userRecordCount = 0;
  let index = 0;
  for await (const answers of judge.ask(asked)) {
    const { name, expected } = asked[index] as Charge; // one list of answers to each question
    const difference = differenceOf(answers, expected);
    if (difference !== undefined) disagreements.push(`${name}: ${difference}`);
    userRecordCount += answers.length;
    index += 1;
  }
  const elapsedMs = performance.now() - startedAtMs;
  return { judge: judge.name, questionCount: index, userRecordCount, disagreements, elapsedMs };
}

const CHARACTERS_MAX = 60;
const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, CHARACTERS_MAX);

function differenceOf(answers: readonly Answer[], expected: readonly Answer[]): string | undefined {
  if (answers.length !== expected.length) return `${answers.length} user records, expected ${expected.length}`;
  for (const [index, answer] of answers.entries()) {
    const wanted = expected[index];
    if (wanted === undefined) return undefined;
    for (const field of ['partitionKey', 'explicitHashKey', 'aggregated'] as const) {
      if (answer[field] !== wanted[field]) {
        return `user record ${index} has ${field} ${shown(answer[field])}, expected ${shown(wanted[field])}`;
      }
    }
    if (Buffer.compare(answer.data, wanted.data) !== 0) return `user record ${index} has other data`;
  }
  return undefined;
}
