import type { Semaphore } from '../../../shared/concurrency/semaphore.ts';
import { drive, type Work } from '../../../shared/delivery/drive.ts';
import type { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import type { Poisoned, PoisonHandler } from '../../../shared/delivery/poison-handler.ts';
import type { RecordMemory } from '../../../shared/delivery/record-memory.ts';
import { createTasks } from '../../../shared/delivery/tasks.ts';
import { assertNever } from '../../../shared/errors.ts';
import { fullJitterMs } from '../../../shared/time/backoff.ts';
import type { Deadline } from '../../../shared/time/deadline.ts';
import type { Command, StepResult } from '../lanes/commands.ts';
import type { LaneEntry } from '../lanes/entry.ts';
import type { Evidence, ProvenPoison } from '../lanes/evidence.ts';
import { COLLISION } from '../lanes/failures.ts';
import type { Lane, Step } from '../lanes/lane.ts';
import { Schedule } from '../lanes/schedule.ts';
import type { DocumentsOut } from '../lanes/wave-bounds.ts';
import type { Effect, Moment } from '../lanes/write-result.ts';
import type { Guards } from '../target/collections.ts';
import { type BreakerParts, CollectionBreakers } from './collection-breakers.ts';
import { Deferrals } from './deferrals.ts';
import { exchange } from './exchange.ts';
import { type PackParts, pack } from './pack.ts';
import { type RefusedAgain, resultAfterProbe, sortRefusals } from './proven-again.ts';
import {
  type Flight,
  noteFailure,
  type ResolveParts,
  readsOf,
  resolveRead,
  type UnmatchedRead,
  withoutRead,
} from './resolve.ts';
import { sendProbe } from './send-probe.ts';

export interface DeliveryParts extends PackParts, ResolveParts, BreakerParts {
  /** Limits the calls in flight. */
  readonly semaphore: Semaphore;
  /** Whether a new call may still be sent. */
  readonly maySend: () => boolean;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly deadline: Deadline;
  readonly outcomes: OutcomeCollector;
  readonly evidence: Evidence;
  readonly documentsOut: DocumentsOut;
  readonly provenPoison: RecordMemory<ProvenPoison>;
  readonly poison: PoisonHandler;
  readonly missingIndex: Moment['missingIndex'];
  readonly onNoMatch: Moment['onNoMatch'];
}

/** Sends the lanes of one collection until they are settled or the deadline is reached. */
export class CollectionDelivery implements Work {
  readonly #parts: DeliveryParts;
  readonly #lanes: readonly Lane[];
  readonly #schedule: Schedule;
  readonly #deferrals: Deferrals;
  readonly #tasks = createTasks();
  readonly #breakers: CollectionBreakers;
  #writtenCount = 0;
  #isProbeWanted = false;
  #isProbeOut = false;

  constructor(lanes: readonly Lane[], parts: DeliveryParts) {
    this.#lanes = lanes;
    this.#parts = parts;
    this.#breakers = new CollectionBreakers(parts);
    this.#schedule = new Schedule(lanes, parts.documentsOut);
    this.#deferrals = new Deferrals(parts.outcomes, lanes);
  }

  /** Never ends early because of a failure. Resolves by `answerByMs`. */
  run(): Promise<void> {
    return drive(this, { ...this.#parts, tasks: [this.#tasks] });
  }

  start(nowMs: number): void {
    this.#buryPoisoned(nowMs);
    if (this.#breakers.nextTryAtMs > nowMs) return;
    const { namespace, uniqueOrder } = this.#parts;
    const groups = this.#schedule.claim({
      nowMs,
      isOrdered: uniqueOrder.matters(namespace),
      writtenCount: this.#writtenCount,
      isDecidable: (lane) => lane.head === undefined || this.#deferrals.areEarlierSettled(lane, lane.head),
    });
    if (groups.length === 0) return;
    const isProbing = this.#breakers.enter(nowMs);
    for (const [place, steps] of groups.entries()) {
      if (isProbing && place > 0) this.#schedule.giveBack(steps, nowMs);
      else this.#tasks.start(this.#send(steps, isProbing));
    }
  }

  nextWakeAtMs(nowMs: number): number | undefined {
    if (this.#breakers.nextTryAtMs > nowMs)
      return this.#lanes.every(({ isDone }) => isDone) ? undefined : this.#breakers.nextTryAtMs;
    return this.#schedule.nextReadyAtMs;
  }

  /** The remaining lanes wait only for each other. */
  unblock(): boolean {
    if (!this.#deferrals.stopWaiting()) return false;
    this.#schedule.unblockAll(this.#parts.clock.nowMs());
    return true;
  }

  /** Settles the heads that are poison since planning, and the first deferred record where the later write was poison itself. */
  #buryPoisoned(nowMs: number): void {
    for (let lanes = this.#schedule.takePoisoned(); lanes.length > 0; lanes = this.#schedule.takePoisoned()) {
      for (const lane of lanes) {
        const {
          head,
          deferred: [first],
        } = lane;
        if (head?.task.kind === 'poison')
          this.#bury(lane, { item: head, failure: head.task.failure, stage: 'converting' });
        else if (first !== undefined) this.#bury(lane, { item: first, failure: COLLISION, stage: 'writing' });
        this.#schedule.place(lane, nowMs);
      }
    }
  }

  #bury(lane: Lane, poisoned: Omit<Poisoned<LaneEntry>, 'lane' | 'target'>): void {
    const letter = this.#parts.poison.bury({ ...poisoned, lane, target: lane.target });
    if (letter === undefined) return;
    this.#tasks.start(letter.then(() => this.#schedule.place(lane, this.#parts.clock.nowMs())));
  }

  /** Sends the steps in commands, each of which ends by itself. */
  async #send(steps: readonly Step[], isProbing: boolean): Promise<void> {
    const flight: Flight = { isProbing, tripCount: this.#breakers.tripCount, stoppedBy: undefined };
    const packed = await pack(steps, () => this.#schedule.leavesSome(steps), this.#parts);
    if (packed === undefined) {
      this.#giveBack(steps);
      return;
    }
    const { commands, guards, results } = packed;
    if (guards === undefined) {
      this.#hear(results, flight);
      return;
    }
    this.#apply(results);
    for (const [place, command] of commands.entries()) {
      if (isProbing && place > 0) this.#giveBack(command.steps);
      else this.#tasks.start(this.#inTurn(() => this.#exchange(command, guards, flight)));
    }
  }

  /** Waits for a free slot. What the work has heard is applied before the next one begins. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { semaphore } = this.#parts;
    await semaphore.acquire();
    try {
      return await work();
    } finally {
      semaphore.release();
    }
  }

  async #exchange(command: Command, guards: Guards, flight: Flight): Promise<void> {
    if (!this.#maySend(flight) || flight.stoppedBy !== undefined) {
      this.#giveBack(command.steps);
      return;
    }
    const { results, unmatched } = await exchange(command, guards, this.#parts);
    const { refusedAgain, others } = sortRefusals(results, this.#parts.provenPoison, this.#parts.clock.nowMs());
    this.#hear(others, flight);
    flight.isProbing = false; // its reads are sent as any others
    if (unmatched.length > 0) this.#parts.meter.count('GuardReads', unmatched.length);
    for (const read of readsOf(unmatched)) this.#tasks.start(this.#inTurn(() => this.#resolve(read, flight)));
    if (refusedAgain.length > 0) this.#tasks.start(this.#judgeAgain(refusedAgain));
  }

  async #resolve(read: UnmatchedRead, flight: Flight): Promise<void> {
    // A fatal answer also closes the way: its reason comes first.
    if (flight.stoppedBy !== undefined) this.#apply(withoutRead(read, flight.stoppedBy));
    else if (!this.#maySend(flight)) this.#apply(withoutRead(read));
    else this.#hear(await resolveRead(read, this.#parts), flight);
  }

  /** What is known to be poison needs no more evidence than that the collection accepts writes after the refusal. */
  async #judgeAgain(refusedAgain: readonly RefusedAgain[]): Promise<void> {
    const { clock, evidence } = this.#parts;
    const refusedAtMs = clock.nowMs();
    const hasPassed = await this.#inTurn(() => this.#probe(refusedAgain));
    this.#apply(hasPassed ? refusedAgain.map((each) => resultAfterProbe(each, evidence, refusedAtMs)) : refusedAgain);
  }

  #maySend(flight: Flight): boolean {
    return this.#breakers.allow(flight) && this.#parts.maySend();
  }

  #giveBack(steps: readonly Step[]): void {
    this.#schedule.giveBack(steps, this.#parts.clock.nowMs());
  }

  /** Applies what the target said. */
  #hear(results: readonly StepResult[], flight: Flight): void {
    noteFailure(flight, results);
    this.#breakers.update(results, flight);
    if (results.length > 0) this.#apply(results);
  }

  /** Evidence from these results counts for later ones, because evidence must be older than a refusal. */
  #apply(results: readonly StepResult[]): void {
    const { clock, collections, namespace, uniqueOrder } = this.#parts;
    const nowMs = clock.nowMs();
    if (results.some(({ result }) => result.kind === 'collision')) {
      uniqueOrder.note(namespace);
      collections.doubt(namespace);
    }
    const moment = this.#moment(nowMs, this.#retryAtMs(results, nowMs));
    for (const each of results) {
      const { lane } = each.step;
      for (const effect of lane.apply(each, moment)) this.#perform(effect, lane);
    }
    for (const { step, result } of results) {
      if (result.kind === 'written') this.#noteWritten(step, nowMs);
      this.#schedule.release(step, nowMs);
    }
    if (this.#isProbeWanted && !this.#isProbeOut) this.#startProbe(results);
    this.#isProbeWanted = false;
  }

  #noteWritten({ lane, from, count }: Step, nowMs: number): void {
    const { evidence, provenPoison } = this.#parts;
    evidence.noteTaken(lane.target, nowMs);
    this.#writtenCount += 1;
    if (provenPoison.isEmpty) return;
    for (const { record } of lane.items.slice(from, from + count)) provenPoison.forget(record);
  }

  #moment(nowMs: number, retryAtMs: number): Moment {
    const { evidence, missingIndex, onNoMatch } = this.#parts;
    return {
      nowMs,
      retryAtMs,
      evidence,
      areEarlierSettled: (lane, head) => this.#deferrals.areEarlierSettled(lane, head),
      writtenCount: this.#writtenCount,
      missingIndex,
      onNoMatch,
    };
  }

  /** The retry time of a command, common to all its steps. */
  #retryAtMs(results: readonly StepResult[], nowMs: number): number {
    const attempts = results.reduce((most, { step }) => Math.max(most, step.lane.trial.attempts), 0);
    return nowMs + fullJitterMs(attempts + 1, this.#parts.random());
  }

  #perform(effect: Effect, lane: Lane): void {
    const { clock, evidence, meter, outcomes, provenPoison } = this.#parts;
    switch (effect.kind) {
      case 'settle':
        outcomes.record(effect);
        break;
      case 'bury':
        if (effect.proven !== undefined) provenPoison.remember(effect.entry.record, effect.proven, clock.nowMs());
        this.#bury(lane, { item: effect.entry, failure: effect.failure, stage: 'writing', policy: effect.policy });
        break;
      case 'defer':
        this.#deferrals.add(effect.index);
        break;
      case 'count':
        meter.count(effect.metric, effect.by);
        break;
      case 'notePassed':
        evidence.notePassed(lane.target, effect.doubt);
        break;
      case 'requestProbe':
        this.#isProbeWanted = true;
        break;
      default:
        assertNever(effect);
    }
  }

  #startProbe(results: readonly StepResult[]): void {
    this.#isProbeOut = true;
    const end = () => {
      this.#isProbeOut = false;
    };
    this.#tasks.start(this.#inTurn(() => this.#probe(results)).then(end, end));
  }

  /** @returns whether the collection accepts writes now, as far as that is known */
  async #probe([first]: readonly StepResult[]): Promise<boolean> {
    const { clock, evidence } = this.#parts;
    const flight: Flight = { isProbing: false, tripCount: this.#breakers.tripCount, stoppedBy: undefined };
    if (first === undefined || !this.#maySend(flight)) return false;
    const { step } = first;
    const sentAtMs = clock.nowMs();
    const probed = await sendProbe(this.#parts);
    if (probed === true) evidence.noteProbe(step.lane.target, sentAtMs);
    else if (probed !== false) this.#breakers.update([{ step, result: { ...probed, commandSize: 1 } }], flight);
    return probed === true;
  }
}
