import { FAULTS, type FaultKind } from './faults.ts';
import type { Random } from './random.ts';
import type { FaultWindow, Scenario } from './scenario.ts';
import { EPOCH_MS } from './timeline.ts';

/** Which partitions' records a fault may have kept from being settled. */
export type Touched = readonly string[] | 'all';

/** What a fault did to the invocation under way. */
export interface Witness {
  touch(touched: Touched): void;
}

/** Decides when a fault of the story strikes, and counts. */
export class FaultInjector {
  readonly counts: Record<FaultKind, number>;
  readonly #windows = new Map<FaultKind, { readonly window: FaultWindow; readonly random: Random }[]>();
  readonly #nowMs: () => number;
  readonly #tell: (kind: FaultKind) => void;

  constructor(
    scenario: Scenario,
    random: Random,
    nowMs: () => number,
    tell: (kind: FaultKind) => void = () => undefined,
  ) {
    this.#nowMs = nowMs;
    this.#tell = tell;
    this.counts = Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, 0])) as Record<FaultKind, number>;
    for (const [index, window] of scenario.faults.entries()) {
      const known = this.#windows.get(window.kind) ?? [];
      known.push({ window, random: random.fork(`${window.kind} ${index}`) });
      this.#windows.set(window.kind, known);
    }
  }

  /** Whether the story has such a fault at all: then it is worth saying what it may touch. */
  isPlanned = (kind: FaultKind): boolean => this.#windows.has(kind);

  /** Whether this fault strikes here and now. `touched` is told to the invocation that it strikes. */
  strikes(kind: FaultKind, witness?: Witness, touched: Touched = 'all'): boolean {
    const nowMs = this.#nowMs() - EPOCH_MS;
    const open =
      this.#windows
        .get(kind)
        ?.filter(({ window }) => window.fromMs <= nowMs && nowMs < window.untilMs && isOf(window, touched)) ?? [];
    const isStruck = open.map(({ window, random }) => random.chance(window.chance)).includes(true);
    if (isStruck) this.happened(kind, witness, touched);
    return isStruck;
  }

  /** For faults that follow from others, or come at a time of their own. */
  happened(kind: FaultKind, witness?: Witness, touched: Touched = 'all'): void {
    this.counts[kind] += 1;
    witness?.touch(touched);
    this.#tell(kind);
  }
}

const isOf = ({ partition }: FaultWindow, touched: Touched): boolean =>
  partition === undefined ||
  (touched !== 'all' && touched.every((topicPartition) => topicPartition.endsWith(`-${partition}`)));
