import type { PartitionRecords } from '../../../local/msk-trigger/machine/commands.ts';
import type { EventRecord } from '../../../local/msk-trigger/runtime/event.ts';
import { describeForeign, MskSinksError } from '../../../shared/errors.ts';
import { type BatchParts, runBatch } from '../../../shared/run-batch.ts';
import { deadlineOf } from '../../../shared/time/deadline.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';
import type { FaultInjector, Touched, Witness } from '../scenario/fault-injector.ts';
import { SEND_RESERVE_MS } from '../scenario/promised.ts';
import type { Random } from '../scenario/random.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Environment } from './environment.ts';

/** What happened in one invocation, as its caller and a witness in the process saw it. */
export interface Invocation {
  readonly id: number;
  readonly environment: string;
  readonly startedAtMs: number;
  /** `<topic-partition>@<offset>`, in the event's order. */
  readonly sent: readonly string[];
  readonly touched: Set<string>;
  isTouchedAll: boolean;
  /** When a fault last touched it; undefined: none did. */
  touchedAtMs: number | undefined;
  /** Its process was killed or stood still for a while. */
  wasStopped: boolean;
  /** When the process last sent something or got an answer. */
  activeAtMs: number;
  /** What the environment kept when it answered: entries in maps and sets. */
  entryCount?: number;
  /** Undefined while nothing has been said. What a zombie says is heard by nobody. */
  end: InvocationEnd | undefined;
}

export type InvocationEnd =
  | { readonly kind: 'answered'; readonly atMs: number; readonly payload: string }
  | { readonly kind: 'threw'; readonly atMs: number; readonly errorName: string; readonly said: string }
  | { readonly kind: 'timedOut' | 'killed'; readonly atMs: number };

export interface LambdaParts {
  readonly scenario: Scenario;
  readonly timeline: VirtualClock;
  readonly faultInjector: FaultInjector;
  readonly random: Random;
  /** The function in a new environment: the real sink, its ports gated by the environment. */
  readonly createFunction: (environment: Environment) => BatchParts;
  readonly onStart: (invocation: Invocation) => void;
  readonly onEnd: (invocation: Invocation) => void;
}

interface Warm {
  readonly environment: Environment;
  readonly parts: BatchParts;
}

const STALL_MS = { min: 1_000, max: 90_000 } as const;
/** How long an environment may go on after its time was up. */
const ZOMBIE_MS = { min: 1_000, max: 60_000 } as const;

/** Invokes the function in environments that are made, frozen between invocations, stalled, killed, and live on as zombies. */
export class Lambda {
  readonly invocations: Invocation[] = [];
  readonly #parts: LambdaParts;
  #idle: Warm[] = [];
  #environmentCount = 0;

  constructor(parts: LambdaParts) {
    this.#parts = parts;
  }

  /** Calls back once, with what the mapping learns. */
  invoke(eventJson: string, batch: readonly PartitionRecords<EventRecord>[], tell: (end: InvocationEnd) => void): void {
    const { faultInjector, random, scenario, timeline } = this.#parts;
    const warm = this.#takeEnvironment();
    const invocation = this.#open(warm.environment, batch);
    const startedAtMs = timeline.nowMs();
    const { timeoutMs } = scenario.function;
    const end = (how: InvocationEnd) => {
      if (invocation.end !== undefined) return;
      invocation.end = how;
      const { openCount, activeAtMs } = warm.environment;
      invocation.activeAtMs = openCount > 0 ? timeline.nowMs() : activeAtMs;
      invocation.entryCount = warm.environment.entryCount();
      cancelTimeout();
      this.#parts.onEnd(invocation);
      tell(how);
    };
    const cancelTimeout = timeline.at(startedAtMs + timeoutMs, () => {
      end({ kind: 'timedOut', atMs: timeline.nowMs() });
      this.#bury(warm.environment);
    });
    if (faultInjector.strikes('lambda.killed', this.#witness(invocation))) {
      timeline.at(startedAtMs + killDelayMs(random, timeoutMs), () => {
        if (invocation.end !== undefined) return;
        warm.environment.kill();
        invocation.wasStopped = true;
        end({ kind: 'killed', atMs: timeline.nowMs() });
      });
    }
    if (faultInjector.strikes('lambda.stalled', this.#witness(invocation))) {
      const stalledAtMs = startedAtMs + random.integer(0, 3_000);
      timeline.at(stalledAtMs, () => {
        if (invocation.end !== undefined) return;
        warm.environment.freeze();
        invocation.wasStopped = true;
        timeline.at(timeline.nowMs() + random.integer(STALL_MS.min, STALL_MS.max), () => warm.environment.thaw());
      });
    }
    const deadline = deadlineOf(warm.environment.clock.nowMs(), timeoutMs);
    void runBatch(JSON.parse(eventJson), deadline, warm.parts).then(
      (response) => {
        if (invocation.end !== undefined) return;
        this.#rest(warm);
        end({ kind: 'answered', atMs: timeline.nowMs(), payload: JSON.stringify(response) });
      },
      (error: unknown) => {
        if (invocation.end !== undefined) return;
        this.#rest(warm);
        end({ kind: 'threw', atMs: timeline.nowMs(), ...wordsOf(error) });
      },
    );
  }

  #open(environment: Environment, batch: readonly PartitionRecords<EventRecord>[]): Invocation {
    const invocation: Invocation = {
      id: this.invocations.length + 1,
      environment: environment.name,
      startedAtMs: this.#parts.timeline.nowMs(),
      sent: batch.flatMap(({ topicPartition, records }) => records.map(({ offset }) => `${topicPartition}@${offset}`)),
      touched: new Set(),
      isTouchedAll: false,
      touchedAtMs: undefined,
      wasStopped: false,
      activeAtMs: 0,
      end: undefined,
    };
    environment.witness = this.#witness(invocation);
    environment.invocation = String(invocation.id);
    environment.sent = invocation.sent;
    environment.sendUntilMs = environment.clock.nowMs() + this.#parts.scenario.function.timeoutMs - SEND_RESERVE_MS;
    environment.activeAtMs = invocation.startedAtMs;
    this.invocations.push(invocation);
    this.#parts.onStart(invocation);
    return invocation;
  }

  #witness = (invocation: Invocation): Witness => ({
    touch: (touched: Touched) => {
      invocation.touchedAtMs = this.#parts.timeline.nowMs();
      if (touched === 'all') invocation.isTouchedAll = true;
      else for (const topicPartition of touched) invocation.touched.add(topicPartition);
    },
  });

  #takeEnvironment(): Warm {
    const { faultInjector, createFunction, timeline } = this.#parts;
    const known = this.#idle.pop();
    if (known !== undefined && !faultInjector.strikes('lambda.coldStart')) {
      known.environment.thaw();
      return known;
    }
    known?.environment.kill();
    this.#environmentCount += 1;
    const environment = new Environment(`environment ${this.#environmentCount}`, timeline);
    return { environment, parts: createFunction(environment) };
  }

  /** Between invocations the process stands still, with whatever it left open. */
  #rest(warm: Warm): void {
    warm.environment.freeze();
    this.#idle.push(warm);
  }

  /** After its time was up an environment is ended; now and then it does not know yet. */
  #bury(environment: Environment): void {
    const { faultInjector, random, timeline } = this.#parts;
    if (environment.isDead()) return;
    const lifeMs = faultInjector.strikes('lambda.zombie') ? random.integer(ZOMBIE_MS.min, ZOMBIE_MS.max) : 0;
    if (lifeMs === 0) environment.kill();
    else timeline.at(timeline.nowMs() + lifeMs, () => environment.kill());
  }
}

/** As shared/lambda.ts has it: what a foreign error says beside its name is not passed on. */
function wordsOf(error: unknown): { readonly errorName: string; readonly said: string } {
  const errorName = describeForeign(error);
  return { errorName, said: error instanceof MskSinksError ? `${error.stack}` : errorName };
}

/** Most kills come early, while much is under way. */
const killDelayMs = (random: Random, timeoutMs: number): number =>
  random.chance(0.7) ? random.integer(0, 200) : random.integer(0, timeoutMs);
