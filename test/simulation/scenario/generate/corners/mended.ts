import { SECRET } from '../../../services/kafka-log.ts';
import type { Random } from '../../random.ts';
import type { FaultWindow, RefusalPhase, Scenario, ScenarioRecord } from '../../scenario.ts';
import { inTurn } from '../../turn.ts';
import { always, patient, plainSettings } from './parts.ts';

/** What becomes of the records between one invocation and a later one of the same environment. */
interface Course {
  readonly phases?: readonly RefusalPhase[];
  readonly refusal?: 'command';
  readonly faults?: readonly FaultWindow[];
  /** Until then the batch comes again, because a record of another partition has no dead letter. */
  readonly heldUntilMs?: number;
  /** The topic is made anew, with refused records at the same places. */
  readonly isMadeAnew?: true;
  /** One of the records is refused for good. */
  readonly isOneLeft?: true;
}

const HELD_MS = 60_000;
const OUTAGE_MS = 15_000;
const HALF_AN_HOUR_MS = 31 * 60_000;
const MADE_ANEW_AT_MS = 20_000;
const AGAIN_AT_MS = 60_000;
const FOR_GOOD_MS = 24 * 60 * 60_000;

/** In turn; each begins with a proof that a record is poison. @param atMs after the first invocation, or at its end */
const COURSES: readonly ((atMs: number) => Course)[] = [
  // What was refused is taken.
  (atMs) => ({ phases: [{ untilMs: atMs, how: 'unlisted' }] }),
  // And nothing else is, for a while.
  (atMs) => ({
    phases: [{ untilMs: atMs, how: 'unlisted' }],
    faults: [always('documentdb.writesRefusedAlike', atMs, atMs + OUTAGE_MS)],
  }),
  // It is refused for another reason before.
  (atMs) => ({
    phases: [
      { untilMs: atMs, how: 'unlisted' },
      { untilMs: atMs + OUTAGE_MS, how: 'other' },
    ],
  }),
  // Its neighbour in the command is still refused.
  (atMs) => ({ phases: [{ untilMs: atMs, how: 'command' }], refusal: 'command', isOneLeft: true }),
  // The server throttles all writes with the code that the record was refused with.
  (atMs) => ({
    phases: [{ untilMs: atMs, how: 'throttled' }],
    faults: [always('documentdb.writesThrottled', atMs, atMs + OUTAGE_MS)],
  }),
  // It is written, and refused when it comes once more.
  (atMs) => ({
    phases: [
      { untilMs: atMs, how: 'unlisted' },
      { untilMs: atMs + OUTAGE_MS, how: 'none' },
      { untilMs: FOR_GOOD_MS, how: 'unlisted' },
    ],
  }),
  () => ({ isMadeAnew: true, faults: [always('kafka.topicRecreated', MADE_ANEW_AT_MS, MADE_ANEW_AT_MS + 1)] }),
  (atMs) => ({ faults: [always('documentdb.noServer', atMs, atMs + HALF_AN_HOUR_MS)], heldUntilMs: atMs + 1 }),
];

/** A batch that comes again as a whole, with records that the server refused, and no longer does, or does for another reason. */
export function mended(scenario: Scenario, random: Random, round: number): Scenario {
  const { mapping, ...quiet } = patient(scenario, 15_000);
  const course = inTurn(COURSES, round)(random.integer(9_500, 11_000));
  const { faults = [], heldUntilMs = HELD_MS, isMadeAnew, isOneLeft, phases, refusal = 'unlisted' } = course;
  const refusedCount = random.integer(2, 4);
  const refused = Array.from({ length: refusedCount }, (_, index): ScenarioRecord => {
    const isLeft = isOneLeft && index === 0;
    const refusals = phases === undefined || isLeft ? {} : { refusals: phases };
    return { ...aRecord(index + 1), kind: 'refused', op: 'insert', refusal, ...refusals };
  });
  const plain = Array.from({ length: random.integer(1, 3) }, (_, index) => aRecord(refusedCount + index + 1));
  const records = [...refused, ...plain];
  const last = { ...aRecord(records.length + 1), kind: 'poison', partition: 1 } as const;
  const again = records.map((record) => ({ ...record, id: record.id + records.length + 1, atMs: AGAIN_AT_MS }));
  const held = { ...always('bucket.refused', 0, heldUntilMs), partition: 1 };
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, mode: 'onDemand', pollers: 1, batchRecordsMax: 25, windowMs: 1_000 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id' },
    faults: isMadeAnew ? faults : [...faults, held],
    partitionCount: 2,
    topicCount: 1,
    records: [...records, last, ...(isMadeAnew ? again : [])],
  };
}

const aRecord = (id: number): ScenarioRecord => ({
  id,
  atMs: 0,
  key: `${SECRET}-${id}`,
  kind: 'plain',
  partition: 0,
});
