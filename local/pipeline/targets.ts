import type { Engine } from '../engines/engine.ts';
import type { KinesisProxy } from '../engines/kinesis-proxy.ts';

export const TARGET_NAMES = ['kinesis', 'documentdb'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** Where records go, and how it is taken from the functions. */
export interface Target {
  /** As a person calls it. */
  readonly title: string;
  /** The function that writes to it. */
  readonly sinkName: string;
  /** What happens to it then, for a line on the screen. */
  readonly takenAwayBy: string;
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
  isAway(): boolean;
}

export type Targets = Readonly<Record<TargetName, Target>>;

/** Kinesis itself stays up: the emulator keeps it in memory, along with the accounts. */
export const createTargets = (kinesis: Pick<KinesisProxy, 'refuse' | 'accept'>, documentdb: Engine): Targets => ({
  kinesis: {
    title: 'Kinesis',
    sinkName: 'kinesisSink',
    takenAwayBy: 'its address refuses connections',
    ...awayAndBack(kinesis.refuse, kinesis.accept),
  },
  documentdb: {
    title: 'DocumentDB',
    sinkName: 'documentdbSink',
    takenAwayBy: 'its process was killed',
    ...awayAndBack(documentdb.kill, documentdb.restart),
  },
});

function awayAndBack(takeAway: () => Promise<void>, bringBack: () => Promise<void>) {
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
