import { describe, expect, it } from 'vitest';
import { createTimeline, EPOCH_MS } from './scenario/timeline.ts';
import { Environment } from './services/environment.ts';

function aProcess() {
  const timeline = createTimeline();
  const environment = new Environment('environment 1', timeline);
  const heard: string[] = [];
  return {
    timeline,
    environment,
    heard,
    hear: (what: string) => environment.deliver(() => heard.push(what)),
    at: (atMs: number, happen: () => void) => timeline.at(EPOCH_MS + atMs, happen),
    run: () => timeline.runUntil(() => false, EPOCH_MS + 60_000),
  };
}

describe('a process that is killed', () => {
  it('gets no answer and no timer any more', async () => {
    const { environment, heard, hear, at, run } = aProcess();
    void environment.clock.waitUntil(200).then(() => heard.push('timer'));
    at(50, () => hear('before'));
    at(100, () => environment.kill());
    at(150, () => hear('after'));
    await run();
    expect(heard).toEqual(['before']);
  });

  it('does not come back when it would have been thawed', async () => {
    const { environment, heard, hear, at, run } = aProcess();
    at(10, () => environment.freeze());
    at(20, () => hear('while frozen'));
    at(30, () => environment.kill());
    at(40, () => environment.thaw());
    await run();
    expect(heard).toEqual([]);
  });
});

describe('a process that stands still', () => {
  it('gets what came meanwhile once it goes on, in the order in which it came', async () => {
    const { environment, heard, hear, at, run, timeline } = aProcess();
    void environment.clock.waitUntil(30).then(() => heard.push(`timer at ${timeline.nowMs() - EPOCH_MS}`));
    at(10, () => environment.freeze());
    at(20, () => hear('first'));
    at(40, () => hear('last'));
    at(100, () => environment.thaw());
    await run();
    expect(heard).toEqual(['first', 'timer at 100', 'last']);
  });

  it('does all that the one leads to before it hears the next', async () => {
    const { environment, heard, hear, at, run } = aProcess();
    at(10, () => environment.freeze());
    at(20, () =>
      environment.deliver(() => {
        void Promise.resolve()
          .then(() => undefined)
          .then(() => heard.push('what the first led to'));
      }),
    );
    at(30, () => hear('second'));
    at(40, () => environment.thaw());
    await run();
    expect(heard).toEqual(['what the first led to', 'second']);
  });

  it('keeps the rest when it is stopped again before it heard everything', async () => {
    const { environment, heard, hear, at, run } = aProcess();
    at(10, () => environment.freeze());
    at(20, () =>
      environment.deliver(() => {
        heard.push('first');
        environment.freeze();
      }),
    );
    at(30, () => hear('second'));
    at(40, () => environment.thaw());
    await run();
    expect(heard).toEqual(['first']);
    environment.thaw();
    await run();
    expect(heard).toEqual(['first', 'second']);
  });
});

describe('a timer', () => {
  it('of a time that is over still takes a millisecond', async () => {
    const { environment, heard, run, timeline } = aProcess();
    void environment.clock.waitUntil(-5_000).then(() => heard.push(`${timeline.nowMs() - EPOCH_MS} ms`));
    await run();
    expect(heard).toEqual(['1 ms']);
  });

  it('is over as soon as it is called off', async () => {
    const { environment, heard, at, run, timeline } = aProcess();
    const controller = new AbortController();
    void environment.clock
      .waitUntil(1_000, controller.signal)
      .then(() => heard.push(`${timeline.nowMs() - EPOCH_MS} ms`));
    at(100, () => controller.abort());
    await run();
    expect(heard).toEqual(['100 ms']);
  });
});

describe('a world that turns on the spot', () => {
  it('comes to an end', async () => {
    const timeline = createTimeline();
    let count = 0;
    const again = () => {
      count += 1;
      if (count < 1_000_000) timeline.at(timeline.nowMs(), again);
    };
    timeline.at(EPOCH_MS, again);
    await timeline.runUntil(() => false, EPOCH_MS + 1);
    expect(count).toBeLessThan(1_000_000);
  });
});
