import { setFlagsFromString } from 'node:v8';

/** What each function asks of V8; Node does not take these options in `NODE_OPTIONS`. docs/decisions/0021-old-generation.md */
export const V8_OPTIONS = {
  /**
   * All objects of a batch live until its end, so V8 would soon create them in the old generation, where they hold the batch until
   * that is collected as well.
   */
  kinesisSink: '--no-allocation-site-pretenuring',
  /** Three times what lives may be in use before the old generation is collected, within `--max-old-space-size`. */
  documentdbSink: '--heap-growing-percent=200',
} as const;

/** https://nodejs.org/docs/latest-v24.x/api/v8.html#v8setflagsfromstringflags */
export const setV8Options = (functionName: keyof typeof V8_OPTIONS): void =>
  setFlagsFromString(V8_OPTIONS[functionName]);
