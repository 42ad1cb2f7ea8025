import { describe, expect, it } from 'vitest';
import { Conduct } from './invariants/conduct.ts';
import { Rejections } from './invariants/stream/rejections.ts';
import { ShardManners } from './invariants/stream/shard-protocol.ts';
import { type StreamPromise, streamViolations } from './invariants/stream/stream.ts';
import { randomOf } from './scenario/random.ts';
import { KafkaLog } from './services/kafka-log.ts';
import { Stream } from './services/kinesis/stream.ts';

const aStream = (shardCount: number) => new Stream(shardCount, randomOf('stream'));

const routing = (partitionKey: string) => ({ partitionKey, explicitHashKey: undefined });

/** One plain record under this key. */
const put = (stream: Stream, partitionKey: string) =>
  stream.store(stream.shardOf(routing(partitionKey)), [
    { record: undefined, position: 'orders-0@0', partitionKey, hashKey: 0n, dataBase64: '' },
  ]);

describe('a stream', () => {
  it('puts all of one partition key into one shard, with ascending sequence numbers', () => {
    const stream = aStream(4);
    const places = Array.from({ length: 20 }, () => put(stream, 'one'));
    expect(new Set(places.map(({ shardId }) => shardId)).size).toBe(1);
    const numbers = places.map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers).toEqual(numbers.toSorted());
  });

  it('uses all of its shards', () => {
    const stream = aStream(4);
    const shardIds = Array.from({ length: 100 }, (_, index) => put(stream, `key ${index}`).shardId);
    expect(new Set(shardIds).size).toBe(4);
  });

  it('has every hash key in exactly one open shard, however often it is resharded', () => {
    const stream = aStream(3);
    for (let round = 0; round < 40; round += 1) stream.reshard();
    const ranges = stream.shards.map(({ from, to }) => [from, to]);
    expect(ranges[0]?.[0]).toBe(0);
    expect(ranges.at(-1)?.[1]).toBe(2 ** 16);
    for (const [index, [from]] of ranges.entries()) if (index > 0) expect(from).toBe(ranges[index - 1]?.[1]);
  });

  it('puts what comes after a reshard into shards that are not its parents', () => {
    const stream = aStream(1);
    const before = put(stream, 'one').shardId;
    stream.reshard();
    expect(put(stream, 'one').shardId).not.toBe(before);
  });

  it('counts what a shard is offered, anew each second', () => {
    const stream = aStream(1);
    const shard = stream.shardOf(routing('one'));
    const counts = [1_000, 1_500, 1_999, 2_000].map((nowMs) => stream.countInSecond(shard, nowMs));
    expect(counts).toEqual([1, 2, 3, 1]);
  });
});

/** `printf one | md5sum`: where the service puts these partition keys. */
const HASH_KEYS = {
  one: 0xf97c5d29941bfb1b2fdab0874906ab82n,
  two: 0xb8a9f715dbb64fd5c56e7783c6820a61n,
  all: 0xa181a603769c1f98ad927e7367c7aa51n,
  any: 0x100b8cad7cf2a56f6df78f171f97a1ecn,
  'orders-0': 0x27fce5e4b093a115e34a32eee79c4976n,
} as const;
/** The middle of the 128th part of the ring in which `one` is. */
const BUCKET_OF_ONE = 0xf9000000000000000000000000000000n;

/** Three records of one key in one partition, as the stream would hold them. */
function threeRecords() {
  const log = new KafkaLog(1);
  const stored = (id: number) => {
    const record = log.produce({ id, atMs: id, key: 'one', kind: 'plain' }, Buffer.from(`value ${id}`));
    const dataBase64 = record.value?.toString('base64') ?? '';
    return { record, position: `orders-0@${record.offset}`, partitionKey: 'one', hashKey: HASH_KEYS.one, dataBase64 };
  };
  return [stored(1), stored(2), stored(3)] as const;
}

const NOBODY: ReadonlySet<never> = new Set();
const OF_KEYS: StreamPromise = {
  ordering: 'key',
  aggregation: 'off',
  partitionKey: 'key',
  envelope: 'none',
  tombstone: 'empty',
};
const violationsOf = (
  stored: Parameters<typeof streamViolations>[0],
  givenUp: Parameters<typeof streamViolations>[1] = NOBODY,
  changes: Partial<StreamPromise> = {},
) => streamViolations(stored, givenUp, { ...OF_KEYS, ...changes }).map(({ message }) => message);

describe('what a stream holds in the end', () => {
  it('is right in the order of the partition, with copies behind the first ones', () => {
    const [a, b, c] = threeRecords();
    expect(violationsOf([a, b, a, c, b])).toEqual([]);
  });

  it('is wrong where the first copy of a record is behind a later one of its key', () => {
    const [a, b, c] = threeRecords();
    expect(violationsOf([a, c, b])).toEqual(['orders-0@1 is behind offset 2 of its key']);
    const ofPartition = [a, c, b].map((stored) => ({ ...stored, hashKey: HASH_KEYS['orders-0'] }));
    expect(violationsOf(ofPartition, NOBODY, { ordering: 'partition' })).toHaveLength(1);
    expect(violationsOf([a, c, b], NOBODY, { ordering: 'none' })).toEqual([]);
  });

  it('waits for no record that the mapping gave up', () => {
    const [a, b, c] = threeRecords();
    expect(violationsOf([a, c, b], new Set([b.record]))).toEqual([]);
  });

  it('is wrong with other data, with a partition key of another key, and with what nobody produced', () => {
    const [a, b, c] = threeRecords();
    const stored = [
      { ...a, dataBase64: '' },
      { ...b, partitionKey: 'two', hashKey: HASH_KEYS.two },
      { ...c, record: undefined },
    ];
    expect(violationsOf(stored).toSorted()).toEqual([
      'orders-0@0 is stored with other data',
      'orders-0@1 is stored under a partition key that is not its own',
      'orders-0@2 is stored and was never produced',
    ]);
  });
});

describe('what a stream holds with other settings', () => {
  it('is wrong under a hash key that is not its own', () => {
    const [a] = threeRecords();
    const under = (hashKey: bigint) => [{ ...a, hashKey }];
    const wrong = ['orders-0@0 is stored under a hash key that is not its own'];
    expect(violationsOf(under(HASH_KEYS.one))).toEqual([]);
    expect(violationsOf(under(HASH_KEYS.one + 1n))).toEqual(wrong);
    expect(violationsOf(under(HASH_KEYS.one), NOBODY, { ordering: 'partition' })).toEqual(wrong);
    expect(violationsOf(under(HASH_KEYS['orders-0']), NOBODY, { ordering: 'partition' })).toEqual([]);
    expect(violationsOf(under(HASH_KEYS.one), NOBODY, { aggregation: 'bucket' })).toEqual(wrong);
    expect(violationsOf(under(BUCKET_OF_ONE), NOBODY, { aggregation: 'bucket' })).toEqual([]);
  });

  it('has the partition keys the settings promise', () => {
    const [a] = threeRecords();
    const under = (partitionKey: keyof typeof HASH_KEYS) => [{ ...a, partitionKey, hashKey: HASH_KEYS[partitionKey] }];
    expect(violationsOf(under('orders-0'), NOBODY, { partitionKey: 'partition' })).toEqual([]);
    expect(violationsOf(under('one'), NOBODY, { partitionKey: 'partition' })).toHaveLength(1);
    expect(violationsOf(under('all'), NOBODY, { partitionKey: 'constant', constantKey: 'all' })).toEqual([]);
    expect(violationsOf(under('one'), NOBODY, { partitionKey: 'constant', constantKey: 'all' })).toHaveLength(1);
    expect(violationsOf(under('any'), NOBODY, { partitionKey: 'random', ordering: 'none' })).toEqual([]);
  });

  it('is wrong without the envelope that was promised, or with another in it', () => {
    const [a, b] = threeRecords();
    const headers = a.record.headers.map(([name, bytes]) => [name.toString(), bytes.toString('base64')]);
    const text = (value: string) =>
      `{"topic":"orders","partition":0,"offset":0,"timestamp":${a.record.timestampMs},"key":"one","headers":${JSON.stringify(headers)},"value":"${value}"}`;
    const base64 = (content: string) => Buffer.from(content).toString('base64');
    const wrapped = (value: string) => [{ ...a, dataBase64: base64(text(value)) }];
    expect(violationsOf(wrapped('value 1'), NOBODY, { envelope: 'json' })).toEqual([]);
    expect(violationsOf(wrapped('value 2'), NOBODY, { envelope: 'json' })).toHaveLength(1);
    expect(violationsOf([b], NOBODY, { envelope: 'json' })).toHaveLength(1);
  });
});

describe('of a process its requests tell', () => {
  const aConduct = () => new Conduct({ requestsInFlightMax: 2, requestTimeoutMs: 1_000 });
  const said = ({ violations }: Conduct) => violations.map(({ message }) => message);

  it('nothing while it keeps to the rules', () => {
    const conduct = aConduct();
    for (const atMs of [0, 20, 40]) {
      conduct.decided('1', atMs, { sendUntilMs: 100 });
      conduct.sent('1', ['orders-0@0'], atMs);
      conduct.closed('1', 10, atMs + 10);
    }
    conduct.answered('1', ['orders-0@0'], 50);
    expect(said(conduct)).toEqual([]);
  });

  it('that it sends again what it knows to be stored, but not that another invocation does', () => {
    const conduct = aConduct();
    conduct.answered('1', ['orders-0@0'], 0);
    conduct.sent('2', ['orders-0@0'], 10);
    expect(said(conduct)).toEqual([]);
    conduct.sent('1', ['orders-0@0'], 10);
    expect(said(conduct)).toEqual(['orders-0@0 was sent again although its answer had come']);
  });

  it('that it has too many open, or one for too long', () => {
    const conduct = aConduct();
    for (const position of ['orders-0@0', 'orders-0@1', 'orders-0@2']) conduct.sent('1', [position], 0);
    conduct.closed('1', 1_500, 1_500);
    expect(said(conduct)).toEqual([
      'invocation 1 has 3 requests open at once',
      'invocation 1 had a request open for 1500 ms',
    ]);
  });

  it('that it does not wait after an answer that every request would get, until one is answered', () => {
    const conduct = aConduct();
    conduct.refusedForGood('1', 1_000);
    conduct.decided('1', 6_000);
    conduct.decided('1', 5_000);
    conduct.answered('1', [], 5_000);
    conduct.decided('1', 5_000);
    expect(said(conduct)).toEqual(['invocation 1 tries again 1000 ms early although every request is refused']);
  });

  it('that it tries one record without a pause', () => {
    const conduct = aConduct();
    for (let atMs = 0; atMs < 1_000; atMs += 10) conduct.sent('1', ['orders-0@0'], atMs);
    expect(said(conduct)[0]).toContain('invocation 1 has 3 requests');
    expect(said(conduct).some((message) => message.startsWith('orders-0@0 was sent'))).toBe(true);
  });

  it('that it sends when its time for that is over', () => {
    const conduct = aConduct();
    conduct.decided('1', 100, { sendUntilMs: 100 });
    expect(said(conduct)).toEqual(['invocation 1 sends 0 ms after its last moment for that']);
  });
});

describe('of a shard that throttled', () => {
  const entry = (lane: string, offset: number) => ({ lanes: [lane], positions: [`orders-0@${offset}`] });
  const full = { shardId: 'a', isThrottled: true };
  const taken = { shardId: 'a', isThrottled: false };

  function toldThatItIsFull() {
    const manners = new ShardManners();
    const entries = [entry('x', 0), entry('y', 1), entry('z', 2)];
    manners.answered('1', { entries, answers: [full, taken, { ...taken, shardId: 'b' }], nowMs: 0 });
    return manners;
  }
  const said = ({ violations }: ShardManners) => violations.map(({ message }) => message);

  it('nothing more is sent to it before what it refused, but to others', () => {
    const manners = toldThatItIsFull();
    manners.decided('1', [entry('z', 3), entry('unknown', 4)], 10);
    manners.decided('2', [entry('y', 5)], 10);
    expect(said(manners)).toEqual([]);
    manners.decided('1', [entry('y', 5)], 10);
    expect(said(manners)).toEqual(['invocation 1 sends orders-0@5 to a, which has just said that it is full']);
  });

  it('others may be tried before a refused record that was rejected alone', () => {
    const manners = new ShardManners();
    manners.answered('1', { entries: [entry('y', 1)], answers: [taken], nowMs: 0 });
    manners.rejected('1', ['orders-0@0']);
    manners.answered('1', { entries: [entry('x', 0)], answers: [full], nowMs: 0 });
    manners.decided('1', [entry('y', 5)], 10);
    expect(said(manners)).toEqual([]);
  });

  it('everything may be sent to it with what it refused', () => {
    const manners = toldThatItIsFull();
    manners.decided('1', [entry('x', 0), entry('y', 5)], 10);
    manners.decided('1', [entry('y', 6)], 10);
    expect(said(manners)).toEqual([]);
  });

  it('everything may be sent to it at the moment at which what it refused is tried', () => {
    const manners = toldThatItIsFull();
    manners.decided('1', [entry('y', 5)], 10);
    expect(said(manners)).toHaveLength(1);
    manners.decided('1', [entry('x', 0)], 10);
    expect(said(manners)).toEqual([]);
  });

  it('a record that it refused before may be the one that is tried', () => {
    const manners = toldThatItIsFull();
    manners.answered('1', { entries: [entry('y', 1)], answers: [full], nowMs: 5 });
    manners.decided('1', [entry('x', 0)], 10);
    manners.answered('1', { entries: [entry('x', 0)], answers: [full], nowMs: 15 });
    manners.decided('1', [entry('y', 1)], 20);
    manners.decided('1', [entry('x', 6)], 25);
    expect(said(manners)).toEqual([]);
    manners.answered('1', { entries: [entry('y', 1)], answers: [full], nowMs: 30 });
    manners.decided('1', [entry('x', 6)], 35);
    expect(said(manners)).toHaveLength(1);
  });

  it('a record that was rejected alone may be sent alone, one of several that were rejected together may not', () => {
    const manners = toldThatItIsFull();
    manners.rejected('1', ['orders-0@7']);
    manners.rejected('1', ['orders-0@8', 'orders-0@9']);
    manners.decided('1', [entry('y', 7)], 10);
    expect(said(manners)).toEqual([]);
    manners.decided('1', [entry('y', 8)], 10);
    expect(said(manners)).toHaveLength(1);
  });

  it('everything may be sent to it once the longest pause is over', () => {
    const manners = toldThatItIsFull();
    manners.decided('1', [entry('y', 5)], 5_000);
    expect(said(manners)).toEqual([]);
    const impatient = toldThatItIsFull();
    impatient.decided('1', [entry('y', 5)], 4_999);
    expect(said(impatient)).toHaveLength(1);
  });

  it('nothing is known after an answer that is too short', () => {
    const manners = new ShardManners();
    manners.answered('1', { entries: [entry('x', 0), entry('y', 1)], answers: [full], nowMs: 0 });
    manners.decided('1', [entry('x', 5)], 10);
    expect(said(manners)).toEqual([]);
  });
});

describe('of requests that are rejected one after another', () => {
  const rejected = (rejections: Rejections, position: string, nowMs: number) => {
    const number = rejections.sent('environment', '1', nowMs);
    const sent = { environment: 'environment', invocation: '1', number };
    rejections.rejected({ ...sent, positions: [position], hasRefused: position === 'poison' }, nowMs, false);
  };

  /** One record is proven to be poison; then the stream rejects everything, and one request in 5 s is sent. */
  function inAnOutage() {
    const rejections = new Rejections();
    rejected(rejections, 'poison', 0);
    const number = rejections.sent('environment', '1', 0);
    rejections.answered('environment', { invocation: '1', number }, ['orders-0@1']);
    rejected(rejections, 'poison', 1_000);
    for (let count = 1; count <= 44; count += 1) rejected(rejections, `orders-0@${count}`, count * 5_000);
    return rejections;
  }
  const said = ({ violations }: Rejections) => violations.map(({ message }) => message);

  it('the next one waits', () => {
    const rejections = inAnOutage();
    rejected(rejections, 'orders-0@45', 45 * 5_000);
    expect(said(rejections)).toEqual([]);
    rejections.sent('environment', '1', 45 * 5_000);
    expect(said(rejections)).toEqual(['invocation 1 sends 0 ms after 45 rejections in a row']);
  });

  it('the next one need not wait after a record that is known to be poison', () => {
    const rejections = inAnOutage();
    rejected(rejections, 'poison', 45 * 5_000);
    rejections.sent('environment', '1', 45 * 5_000);
    expect(said(rejections)).toEqual([]);
  });
});
