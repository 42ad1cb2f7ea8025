import { VirtualClock } from '../../support/virtual-clock.ts';

/** Of a whole story. The busiest have 6,000. */
const EVENTS_MAX = 200_000;

/** Where every story begins, milliseconds since 1970. */
export const EPOCH_MS = 1_700_000_000_000;

/** The time of one story: of all its processes, and of the services they speak to. */
export const createTimeline = (): VirtualClock =>
  new VirtualClock({ nowMs: EPOCH_MS, wallTimeMs: EPOCH_MS, eventsMax: EVENTS_MAX });
