import type { Stoppable } from '../../pipeline/targets.ts';
import type { EngineName, EngineView } from '../state/view.ts';

/** Stops and starts engines, each one step at a time. */
export interface EngineSwitches {
  views(): readonly EngineView[];
  isAway(name: EngineName): boolean;
  /** Resolves to what happened, in a sentence. */
  set(name: EngineName, isAway: boolean): Promise<string>;
}

const TITLES: Readonly<Record<EngineName, string>> = { kafka: 'Kafka', kinesis: 'Kinesis', documentdb: 'DocumentDB' };

export function createEngineSwitches(engines: Readonly<Record<EngineName, Stoppable>>): EngineSwitches {
  const changing = new Set<EngineName>();
  return {
    views: () =>
      (Object.keys(TITLES) as EngineName[]).map((name) => ({
        ...{ name, title: TITLES[name] },
        isAway: engines[name].isAway(),
        isChanging: changing.has(name),
      })),
    isAway: (name) => engines[name].isAway(),
    async set(name, isAway) {
      if (changing.has(name)) throw new Error(`${TITLES[name]} is being stopped or started: wait until it is done.`);
      if (engines[name].isAway() === isAway) return `${TITLES[name]} is ${isAway ? 'stopped' : 'running'} already`;
      changing.add(name);
      try {
        await (isAway ? engines[name].takeAway() : engines[name].bringBack());
      } finally {
        changing.delete(name);
      }
      return isAway ? `${TITLES[name]} is stopped` : `${TITLES[name]} runs again`;
    },
  };
}
