// A record of which nobody knows the document may be of the document of every record behind it.
import { describe, expect, it } from 'vitest';
import { preparationOf } from '../../../../functions/documentdb-sink/connector/registry/prepared-sink.ts';
import { createNativeMapper } from '../../../../functions/documentdb-sink/plan/native-mapper.ts';
import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { DeadLetter } from '../../../../shared/dead-letter/dead-letter.ts';
import type { PoisonPolicy } from '../../../../shared/settings/common-settings.ts';
import { aDocumentdbSink, inWords, notJson, order, version } from '../../../support/a-documentdb-sink.ts';
import { batchesOf, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { foreignError } from '../../../support/fake-documents.ts';
import { timesOf, watched } from '../../../support/watched-commands.ts';

const OUTAGE = { code: 'schema_unavailable', retryable: true, mayBeWritten: false, detail: '' } as const;
const unknown = (offset: number) => notJson(offset, null);

describe('a record whose document is not known', () => {
  it.each<[PoisonPolicy, readonly string[]]>([
    ['block', ['written', 'failed payload_invalid', 'skipped', 'skipped', 'written']],
    ['deadLetter', ['written', 'deadLettered payload_invalid', 'written', 'written', 'written']],
    ['skip', ['written', 'ignored poison', 'written', 'written', 'written']],
  ])('holds the records behind it in its partition while it is unsettled: %s', async (onPoison, expected) => {
    const sink = aDocumentdbSink({ onPoison });
    const records = [order(0, 'a'), unknown(1), order(2, 'a'), order(3, 'b'), order(0, 'c', {}, 1)];
    const outcomes = await sink.write(records);
    expect(outcomes.map(inWords)).toEqual(expected);
    expect(version(sink.store, 'a')).toBe(onPoison === 'block' ? 0 : 2);
    if (onPoison === 'block') expect(outcomes[2]).toMatchObject({ blockedBy: { offset: 1 } });
  });

  it('holds them until its dead letter is durable, and no other partition', async () => {
    let accept: (durable: boolean) => void = () => undefined;
    const sink = aDocumentdbSink({
      deadLetters: { put: () => new Promise<boolean>((resolve) => (accept = resolve)) },
    });
    const batches = batchesOf([order(0, 'a'), unknown(1), order(2, 'a'), order(5, 'c', {}, 1)]);
    const work = sink.sink.write(batches, deadlineIn(sink.clock.nowMs()));
    await sink.clock.advance(1_000);
    expect([version(sink.store, 'a'), version(sink.store, 'c')]).toEqual([0, 5]);
    accept(true);
    expect((await work).map(inWords)).toEqual(['written', 'deadLettered payload_invalid', 'written', 'written']);
    expect(version(sink.store, 'a')).toBe(2);
  });

  it('holds them when its dead letter fails, or that of a later record of that kind', async () => {
    for (const failing of [1, 3]) {
      const { queue } = fakeDeadLetters(({ offset }: DeadLetter) => offset !== failing);
      const sink = aDocumentdbSink({ deadLetters: queue });
      const outcomes = await sink.write([order(0, 'a'), unknown(1), order(2, 'a'), unknown(3), order(4, 'b')]);
      const letters = [1, 3].map((offset) =>
        offset === failing ? 'failed dead_letter_failed' : 'deadLettered payload_invalid',
      );
      expect(outcomes.map(inWords)).toEqual(['written', letters[0], 'skipped', letters[1], 'skipped']);
    }
  });

  it('has its dead letter written beside those of all other such records of its partition', async () => {
    const put = async () => {
      await sink.clock.waitUntil(sink.clock.nowMs() + 100);
      return true;
    };
    const sink = aDocumentdbSink({ deadLetters: { put } });
    const startMs = sink.clock.nowMs();
    const records = Array.from({ length: 100 }, (_, pair) => [unknown(2 * pair), order(2 * pair + 1, 'a')]);
    const kinds = new Set((await sink.write(records.flat())).map(inWords));
    expect(kinds).toEqual(new Set(['deadLettered payload_invalid', 'written']));
    expect(sink.clock.nowMs() - startMs).toBe(100);
    expect(version(sink.store, 'a')).toBe(199);
  });

  it('is passed in a redrive, whatever the policy, once its dead letter is there', async () => {
    const sink = aDocumentdbSink({ onPoison: 'block' });
    const { queue, deadLetters } = fakeDeadLetters();
    const batches = batchesOf([unknown(1), order(2, 'a')]);
    const outcomes = await sink.clock.run(sink.sink.write(batches, deadlineIn(sink.clock.nowMs()), queue));
    expect(outcomes.map(inWords)).toEqual(['deadLettered payload_invalid', 'written']);
    expect(deadLetters).toHaveLength(1);
  });

  it('does not let what is behind it overtake an unsettled record in front of it', async () => {
    const sink = aDocumentdbSink({ documents: { faultOfAll: { kind: 'unreachable' } } });
    const outcomes = await sink.write([order(0, 'a'), unknown(1), order(2, 'a')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'deadLettered', 'skipped']);
  });

  it('of which the settings and not the record are to blame holds what is behind it', async () => {
    const native = createNativeMapper({ database: 'shop' });
    const failure = { code: 'misconfigured', retryable: true, mayBeWritten: false, detail: '' } as const;
    const mapper: RecordMapper = (record, nowMs) =>
      record.position.offset === 1 ? { kind: 'unsettled', failure } : native(record, nowMs);
    const outcomes = await aDocumentdbSink({ mapper }).write([order(0, 'a'), order(1, 'a'), order(2, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'failed misconfigured', 'skipped']);
  });

  it('keeps no other partition waiting, and waits for none (G4)', async () => {
    const sink = aDocumentdbSink();
    const { sendUntilMs } = deadlineIn(sink.clock.nowMs());
    const sent = watched(sink, ({ ids }) =>
      ids.includes('slow') ? sink.clock.waitUntil(sendUntilMs - 1_000) : undefined,
    );
    const outcomes = await sink.write([unknown(1), order(2, 'a'), order(1, 'slow', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered payload_invalid', 'written', 'written']);
    expect(sent.find(({ ids }) => ids.includes('a'))?.atMs).toBeLessThan(1_000);
  });

  it('leaves the document of a record behind it to one partition at a time', async () => {
    const sink = aDocumentdbSink();
    const startMs = sink.clock.nowMs();
    const sent = watched(sink, ({ atMs }) => (atMs === 0 ? sink.clock.waitUntil(startMs + 500) : undefined));
    await sink.write([unknown(1), order(2, 'a'), order(1, 'a', {}, 1)]);
    expect(sent.map(({ ids, atMs }) => [ids, atMs >= 500])).toEqual([
      [['a'], false],
      [['a'], true],
    ]);
  });

  it('sends nothing behind it to a collection that refuses everything, before its next try', async () => {
    const put = async () => {
      await sink.clock.waitUntil(sink.clock.nowMs() + 100);
      return true;
    };
    const sink = aDocumentdbSink({ deadLetters: { put } });
    const sent = watched(sink, ({ atMs }) => (atMs === 0 ? foreignError('MongoServerError', 13) : undefined));
    const outcomes = await sink.write([unknown(1), order(2, 'a'), order(1, 'b', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered payload_invalid', 'written', 'written']);
    expect(timesOf(sent, 'orders')[1]).toBe(5_000);
  });
});

describe('the writes in which a batch is written where records wait for their schemas', () => {
  const preparation = () => {
    let rounds = 0;
    return preparationOf({
      async prepare() {
        rounds += 1;
      },
      obstacleTo: ({ position: { offset } }) => (offset === 2 && rounds < 2 ? OUTAGE : undefined),
    });
  };

  it('share the breakers of an invocation', async () => {
    const sink = aDocumentdbSink({ preparation: preparation() });
    const sent = watched(sink, ({ atMs }) => (atMs === 0 ? foreignError('MongoServerError', 13) : undefined));
    const outcomes = await sink.write([order(1, 'a'), order(2, 'b', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(timesOf(sent, 'orders').filter((atMs) => atMs > 0 && atMs < 5_000)).toEqual([]);
  });
});
