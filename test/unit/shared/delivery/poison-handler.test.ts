import { describe, expect, it } from 'vitest';
import { Lane } from '../../../../functions/kinesis-sink/lanes/lane.ts';
import type { Settlement } from '../../../../shared/delivery/lane.ts';
import { type Poisoned, PoisonHandler, type PoisonParts } from '../../../../shared/delivery/poison-handler.ts';
import { poison } from '../../../../shared/outcome.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const POISON = poison('payload_invalid', 'it is no JSON');

/** Buries the head of a lane of two records that was sent once. */
function burying(changes: Partial<PoisonParts>, policy?: Poisoned<never>['policy']) {
  const clock = new VirtualClock();
  const lane = new Lane();
  for (const index of [0, 1]) {
    const task = { kind: 'poison', failure: POISON } as const;
    lane.enter({ index, record: aRecord({ offset: index }), task });
  }
  lane.countFailure();
  const settlements: Settlement[] = [];
  const handler = new PoisonHandler({
    functionName: 'kinesisSink',
    onPoison: 'deadLetter',
    deadLetters: fakeDeadLetters().queue,
    deadline: deadlineIn(clock.nowMs()),
    clock,
    record: (settlement) => settlements.push(settlement),
    ...changes,
  });
  const [item] = lane.items;
  if (item === undefined) throw new Error('the lane has items');
  const letter = handler.bury({ lane, item, failure: POISON, target: 'a stream', stage: 'converting', policy });
  return { letter, lane, settlements, kinds: () => settlements.map(({ outcome }) => outcome.kind) };
}

describe('poison', () => {
  it('holds its lane until its dead letter is durable, and the lane goes on behind the record', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const { letter, lane, settlements } = burying({ deadLetters: queue, deadLetterTopic: 'orders.dead' });
    expect([lane.state, lane.next, settlements]).toEqual(['locked', 0, []]);
    await letter;
    expect([lane.state, lane.next]).toEqual(['open', 1]);
    expect(settlements).toMatchObject([{ index: 0, outcome: { kind: 'deadLettered', code: 'payload_invalid' } }]);
    expect(deadLetters).toMatchObject([
      {
        ...{ function: 'kinesisSink', target: 'a stream', stage: 'converting', offset: 0, attempts: 1 },
        ...{ code: 'payload_invalid', reason: 'it is no JSON', deadLetterTopic: 'orders.dead' },
        at: '2023-11-14T22:13:20.000Z',
      },
    ]);
  });

  it('stays unsettled, and stops its lane, if its dead letter cannot be written', async () => {
    const { letter, lane, settlements } = burying({ deadLetters: fakeDeadLetters(() => false).queue });
    await letter;
    expect([lane.state, lane.next]).toEqual(['stopped', 0]);
    expect(settlements).toMatchObject([
      { index: 0, outcome: { kind: 'failed', failure: { code: 'dead_letter_failed' } } },
    ]);
  });

  it.each([
    { onPoison: 'block', kind: 'failed', state: 'stopped', next: 0 },
    { onPoison: 'skip', kind: 'ignored', state: 'open', next: 1 },
  ] as const)('is $kind at once with onPoison: $onPoison, without a letter', ({ onPoison, kind, state, next }) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const { letter, lane, kinds } = burying({ deadLetters: queue, onPoison });
    expect([letter, kinds(), lane.state, lane.next, deadLetters]).toEqual([undefined, [kind], state, next, []]);
  });

  it('follows the policy of its own kind, if there is one', () => {
    expect(burying({ onPoison: 'skip' }, 'block').kinds()).toEqual(['failed']);
  });

  it.each(['block', 'skip', 'deadLetter'] as const)(
    'goes where a redrive keeps its letters, whatever onPoison says: %s',
    async (onPoison) => {
      const [kept, others] = [fakeDeadLetters(), fakeDeadLetters()];
      const { letter, lane, kinds } = burying({ onPoison, redriven: kept.queue, deadLetters: others.queue }, 'block');
      expect(lane.state).toBe('locked');
      await letter;
      expect([kinds(), kept.deadLetters.length, others.deadLetters]).toEqual([['deadLettered'], 1, []]);
    },
  );
});
