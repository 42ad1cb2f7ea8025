import { describe, expect, it } from 'vitest';
import { type Affected, type OutageOptions, produceThroughOutage } from '../../../../local/pipeline/outage.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

interface Changes {
  readonly isDeaf?: boolean;
  readonly settledMax?: number;
  /** What the function had handed back before. */
  readonly earlierCount?: number;
  /** How much more it hands back while the target is taken away. */
  readonly atOnceCount?: number;
}

/** A function that settles 100 records each second while its target is there, and hands records back 15 s after it went. */
function aWorld(recordCount: number, changes: Changes = {}) {
  const clock = new VirtualClock();
  const startMs = clock.nowMs();
  const story: string[] = [];
  let produced = 0;
  let awaySinceMs: number | undefined;
  const secondsSince = (ms: number) => Math.floor((clock.nowMs() - ms) / 1_000);
  const affected: Affected = {
    target: {
      title: 'Kinesis',
      sinkName: 'kinesisSink',
      takenAwayBy: 'refuses connections',
      takeAway: async () => {
        awaySinceMs = clock.nowMs();
        story.push('away');
      },
      bringBack: async () => {
        story.push('back');
      },
      isAway: () => awaySinceMs !== undefined,
    },
    settledCount: () => Math.min(produced, changes.settledMax ?? Number.POSITIVE_INFINITY, 100 * secondsSince(startMs)),
    troubleCount: () => {
      const { earlierCount = 0, atOnceCount = 0, isDeaf } = changes;
      if (awaySinceMs === undefined) return earlierCount;
      const isNoticed = secondsSince(awaySinceMs) >= 15 && isDeaf !== true;
      return earlierCount + atOnceCount + (isNoticed ? 40 : 0);
    },
  };
  const ending = new AbortController();
  const options: OutageOptions = {
    recordCount,
    affected: [affected],
    produce: async (count) => {
      produced += count;
      story.push(`${count} produced`);
    },
    say: (line) => story.push(line),
    clock,
    signal: ending.signal,
  };
  return { story, clock, ending, run: () => produceThroughOutage(options) };
}

describe('an outage', () => {
  it('stops the target when half is settled, and starts it again when its function has handed records back', async () => {
    const { story, clock, run } = aWorld(1_000);
    await clock.run(run());
    expect(story).toEqual([
      '900 produced',
      'away',
      'Outage: Kinesis refuses connections; kinesisSink had settled 500 records',
      '100 produced',
      'kinesisSink handed records back after 15.0 s',
      'back',
      'Outage over: Kinesis is available again after 15.0 s',
    ]);
  });

  it('leaves a record for the outage even if there is only one', async () => {
    const { story, clock, run } = aWorld(1);
    await clock.run(run());
    expect(story.filter((line) => / produced|^away|^back/.test(line))).toEqual([
      '0 produced',
      'away',
      '1 produced',
      'back',
    ]);
  });

  it('is not over because of records that were handed back before it', async () => {
    const { story, clock, run } = aWorld(1_000, { earlierCount: 7 });
    await clock.run(run());
    expect(story).toContain('kinesisSink handed records back after 15.0 s');
  });

  it('is over when records were handed back while the target went', async () => {
    const { story, clock, run } = aWorld(1_000, { atOnceCount: 1, isDeaf: true });
    await clock.run(run());
    expect(story).toContain('kinesisSink handed records back after 0.0 s');
  });

  it('ends early on request, whatever it waits for', async () => {
    for (const waitedMs of [1_000, 8_000]) {
      const { story, clock, ending, run } = aWorld(1_000);
      const running = run();
      await clock.advance(waitedMs);
      ending.abort();
      await running;
      expect(story.includes('away')).toBe(waitedMs === 8_000);
      expect(story).not.toContain('back');
    }
  });

  it('names the function that makes no progress for two minutes', async () => {
    const idle = aWorld(1_000, { settledMax: 0 });
    await expect(idle.clock.run(idle.run())).rejects.toThrow('kinesisSink settled no record for 120 s.');
    const deaf = aWorld(1_000, { isDeaf: true });
    await expect(deaf.clock.run(deaf.run())).rejects.toThrow('kinesisSink handed no record back for 120 s.');
  });

  it('waits for half as long as it takes, while records are being settled', async () => {
    const { story, clock, run } = aWorld(40_000);
    await clock.run(run());
    expect(story).toContain('back');
  });
});
