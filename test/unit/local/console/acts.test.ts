import { describe, expect, it } from 'vitest';
import { readAct } from '../../../../local/console/acts/act.ts';
import { textOf } from '../../../../local/console/acts/dead-letter-desk.ts';
import { createEngineSwitches } from '../../../../local/console/acts/engine-switches.ts';
import { awayAndBack } from '../../../../local/pipeline/targets.ts';

describe('an act of the page', () => {
  it.each([
    { kind: 'engine', engine: 'kafka', isAway: true },
    { kind: 'throttle', share: 0.3 },
    { kind: 'refuse', share: 0 },
    { kind: 'poison', poison: 'notJson' },
    { kind: 'produce', count: 1_000 },
    { kind: 'killFunction', sink: 'kinesisSink' },
    { kind: 'retryReading', reading: 'listedOnly' },
    { kind: 'rule', isOn: false },
    { kind: 'redrive', key: null },
  ])('is %j', (act) => {
    expect(readAct(JSON.stringify(act))).toEqual(act);
  });

  it.each([
    ['no JSON', 'kind=engine'],
    ['another kind', '{"kind":"exec","command":"ls"}'],
    ['a field more', '{"kind":"rule","isOn":true,"more":1}'],
    ['another engine', '{"kind":"engine","engine":"aws","isAway":true}'],
    ['a share above 1', '{"kind":"throttle","share":1.5}'],
    ['too many records', '{"kind":"produce","count":5001}'],
    ['null', 'null'],
  ])('is not %s', (_what, body) => {
    expect(readAct(body)).toBeUndefined();
  });
});

describe('the switch of an engine', () => {
  it('makes one step at a time, and says which', async () => {
    const stopped = Promise.withResolvers<void>();
    const engine = awayAndBack(
      () => stopped.promise,
      () => Promise.resolve(),
    );
    const switches = createEngineSwitches({ kafka: engine, kinesis: engine, documentdb: engine });
    const stopping = switches.set('kafka', true);
    expect(switches.views()[0]).toEqual({ name: 'kafka', title: 'Kafka', isAway: true, isChanging: true });
    await expect(switches.set('kafka', false)).rejects.toThrow('Kafka is being stopped or started');
    stopped.resolve();
    expect(await stopping).toBe('Kafka is stopped');
    expect(await switches.set('kafka', true)).toBe('Kafka is stopped already');
    expect(await switches.set('kafka', false)).toBe('Kafka runs again');
    expect(switches.views()[0]).toMatchObject({ isAway: false, isChanging: false });
  });

  it('can be used again after a step that failed', async () => {
    const engine = awayAndBack(
      () => Promise.resolve(),
      () => Promise.reject(new Error('it does not start')),
    );
    const switches = createEngineSwitches({ kafka: engine, kinesis: engine, documentdb: engine });
    await switches.set('documentdb', true);
    for (const _ of [1, 2]) await expect(switches.set('documentdb', false)).rejects.toThrow('it does not start');
  });
});

describe('the result of a redrive', () => {
  const failure = { code: 'payload_invalid', retryable: false, detail: '' };
  const left = [{ record: {} as never, failure }];

  it.each([
    [[], 'Redrive: no dead letter is open'],
    [[{ settledCount: 2, left: [] }], 'Redrive: 2 settled'],
    [
      [
        { settledCount: 1, left },
        { settledCount: 0, left },
      ],
      'Redrive: 1 settled; 2 left, because the cause is not mended (payload_invalid)',
    ],
  ])('%#: is a sentence', (tallies, words) => {
    expect(textOf(tallies)).toBe(words);
  });
});
