/** How the instrumented code is told what to do: @stryker-mutator/api, `INSTRUMENTER_CONSTANTS`. */
export interface Switch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: {
    readonly static: Hits;
    readonly perTest: Readonly<Record<string, Hits>>;
  };
  /** How often the active mutant ran; beyond the limit it throws. */
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

/** How often each mutant's code ran, by id. */
type Hits = Readonly<Record<string, number>>;

/** One for the whole process: the instrumented files find it by its name. */
export function theSwitch(): Switch {
  const space = globalThis as { __stryker__?: Switch };
  space.__stryker__ ??= {};
  return space.__stryker__;
}
