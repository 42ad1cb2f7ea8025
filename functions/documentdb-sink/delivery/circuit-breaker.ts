import { FATAL_RETRY_MS } from '../limits.ts';

/** Stops normal sending after a fatal answer; from then on one command every few seconds finds out whether it is over. */
export interface Gate {
  /** When something may be sent next; now or earlier: at once. */
  openAtMs(): number;
  /** Call before sending. True: a single command only. Keeps others out until it is known what became of it. */
  enter(nowMs: number): boolean;
  /** The target refused everything. */
  shut(nowMs: number): void;
  /** The target did something. */
  open(): void;
  /** True once: refused credentials are read again, and a try with the new ones need not wait. */
  takeSecondChance(): boolean;
}

export function createGate(): Gate {
  let openAtMs = 0;
  let isProbing = false;
  let hasSecondChance = true;
  return {
    openAtMs: () => openAtMs,
    enter(nowMs) {
      if (isProbing) openAtMs = nowMs + FATAL_RETRY_MS;
      return isProbing;
    },
    shut(nowMs) {
      isProbing = true;
      openAtMs = nowMs + FATAL_RETRY_MS;
    },
    open() {
      isProbing = false;
      openAtMs = 0;
    },
    takeSecondChance() {
      const had = hasSecondChance;
      hasSecondChance = false;
      return had;
    },
  };
}
