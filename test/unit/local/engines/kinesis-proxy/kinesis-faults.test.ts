import { describe, expect, it } from 'vitest';
import {
  type Answer,
  checkChances,
  drawFault,
  mergeAnswer,
  refusal,
  withholdEntries,
} from '../../../../../local/engines/kinesis-proxy/kinesis-faults.ts';
import { seededRandom } from '../../../../../local/seeded-random.ts';

/** Gives these numbers, one after the other. */
const dice = (...numbers: readonly number[]) => {
  const left = [...numbers];
  return () => left.shift() ?? 0;
};

const putRecords = (...keys: readonly string[]) =>
  Buffer.from(JSON.stringify({ StreamARN: 'arn', Records: keys.map((PartitionKey) => ({ PartitionKey, Data: '' })) }));

const answerTo = (...sequenceNumbers: readonly string[]): Answer => ({
  status: 200,
  headers: {},
  body: Buffer.from(
    JSON.stringify({ FailedRecordCount: 0, Records: sequenceNumbers.map((SequenceNumber) => ({ SequenceNumber })) }),
  ),
});

describe('a fault', () => {
  it('is drawn as often as its chance says, and at most one for a request', () => {
    const random = seededRandom(7);
    const drawn = Map.groupBy(
      Array.from({ length: 10_000 }, () => drawFault({ reset: 0.1, cut: 0.3 }, random)),
      (fault) => fault,
    );
    expect([...drawn.keys()].toSorted()).toEqual(['cut', 'reset', undefined]);
    expect(drawn.get('reset')?.length).toBeCloseTo(1_000, -2.5);
    expect(drawn.get('cut')?.length).toBeCloseTo(3_000, -2.5);
  });

  it('never happens without a chance, and always with a chance of 1', () => {
    expect(drawFault({}, () => 0)).toBeUndefined();
    expect(drawFault({ reset: 0, failed: 1 }, () => 0.999)).toBe('failed');
  });

  it.each([
    { chances: { reset: 1.5 }, problem: 'The probability of a fault must be a number from 0 to 1: reset,1.5' },
    {
      chances: { withheld: -1, cut: Number.NaN },
      problem: 'The probability of a fault must be a number from 0 to 1: withheld,-1 cut,NaN',
    },
    {
      chances: { reset: 0.6, cut: 0.6 },
      problem: 'A request has at most one fault, but the probabilities add up to 1.2',
    },
  ])('cannot have the chances $chances', ({ chances, problem }) => {
    expect(() => checkChances(chances)).toThrow(problem);
  });

  it('may be certain, or split evenly', () => {
    expect(() =>
      checkChances({ reset: 0.2, throttled: 0.2, failed: 0.2, cut: 0.2, delayed: 0.2, withheld: 1 }),
    ).not.toThrow();
  });
});

describe('a refusal', () => {
  it('has the words of Kinesis', () => {
    const { status, headers, body } = refusal(400, 'ExpiredTokenException');
    expect({ status, headers, ...JSON.parse(body.toString()) }).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      __type: 'ExpiredTokenException',
    });
  });
});

describe('entries that are kept back', () => {
  // Two draws for an entry that is kept back: whether, and why.
  const { body, errorCodes } = withholdEntries(putRecords('a', 'b', 'c', 'd'), 0.5, dice(0.9, 0.1, 0, 0.9, 0.1, 0.9));

  it('are left out of what is forwarded, the others keep their order', () => {
    expect(JSON.parse(String(body))).toEqual({
      StreamARN: 'arn',
      Records: [
        { PartitionKey: 'a', Data: '' },
        { PartitionKey: 'c', Data: '' },
      ],
    });
  });

  it('are refused in the answer, each at its place among the others', () => {
    const merged = mergeAnswer(errorCodes, answerTo('1', '3'));
    expect(JSON.parse(merged.body.toString())).toMatchObject({
      FailedRecordCount: 2,
      Records: [
        { SequenceNumber: '1' },
        { ErrorCode: 'ProvisionedThroughputExceededException' },
        { SequenceNumber: '3' },
        { ErrorCode: 'InternalFailure' },
      ],
    });
  });

  it('may be all of them: then nothing is forwarded', () => {
    const all = withholdEntries(putRecords('a', 'b'), 1, () => 0);
    expect(all.body).toBeUndefined();
    const answer = JSON.parse(mergeAnswer(all.errorCodes, undefined).body.toString());
    expect(answer.FailedRecordCount).toBe(2);
    expect(answer.Records).toHaveLength(2);
  });

  it('do not hide that what was forwarded failed as a whole', () => {
    const failure = refusal(500, 'InternalFailure');
    expect(mergeAnswer(errorCodes, failure)).toBe(failure);
  });
});

describe('a seed', () => {
  it('always gives the same numbers, and another seed gives others', () => {
    const three = (seed: number) => {
      const random = seededRandom(seed);
      return [random(), random(), random()];
    };
    expect(three(5)).toEqual(three(5));
    expect(three(5)).not.toEqual(three(6));
  });
});
