import type { KinesisProxy } from '../engines/kinesis-proxy/kinesis-proxy.ts';
import type { Engine } from '../engines/process/engine.ts';

export const TARGET_NAMES = ['kinesis', 'documentdb'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** Something that can be stopped and started again. */
export interface Stoppable {
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
  isAway(): boolean;
}

/** A target, and how to stop and start it. */
export interface Target extends Stoppable {
  /** The display name. */
  readonly title: string;
  /** The function that writes to it. */
  readonly sinkName: string;
  /** What an outage does to the target, for a line on the screen. */
  readonly takenAwayBy: string;
}

export type Targets = Readonly<Record<TargetName, Target>>;

/** For an outage of Kinesis the proxy refuses connections; the emulator keeps running, because its state is in memory. */
export const createTargets = (kinesis: Pick<KinesisProxy, 'refuse' | 'accept'>, documentdb: Engine): Targets => ({
  kinesis: {
    title: 'Kinesis',
    sinkName: 'kinesisSink',
    takenAwayBy: 'refuses connections',
    ...awayAndBack(kinesis.refuse, kinesis.accept),
  },
  documentdb: {
    title: 'DocumentDB',
    sinkName: 'documentdbSink',
    takenAwayBy: 'was killed',
    ...awayAndBack(documentdb.kill, documentdb.restart),
  },
});

export function awayAndBack(takeAway: () => Promise<void>, bringBack: () => Promise<void>): Stoppable {
  let away = false;
  return {
    takeAway: async () => {
      away = true;
      await takeAway();
    },
    bringBack: async () => {
      await bringBack();
      away = false;
    },
    isAway: () => away,
  };
}
