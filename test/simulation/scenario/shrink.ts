import type { Scenario } from './scenario.ts';

/** So many smaller stories are tried at most. */
const TRIES_MAX = 600;

/**
 * The shortest story found that still fails: faults and records are left out in ever smaller portions, then settings are
 * made plain.
 * @param fails whether a story fails in the same way as the first
 */
export async function shrink(scenario: Scenario, fails: (smaller: Scenario) => Promise<boolean>): Promise<Scenario> {
  let best = scenario;
  let triesLeft = TRIES_MAX;
  const attempt = async (smaller: Scenario): Promise<boolean> => {
    if (triesLeft === 0) return false;
    triesLeft -= 1;
    if (!(await fails(smaller))) return false;
    best = smaller;
    return true;
  };
  for (let before: Scenario | undefined; before !== best; ) {
    before = best;
    await shorten('faults');
    await shorten('records');
    for (const plainer of plainerStories(best)) await attempt({ ...best, ...plainer });
  }
  return best;

  async function shorten(name: 'faults' | 'records'): Promise<void> {
    for (
      let portion = Math.ceil(best[name].length / 2);
      portion >= 1;
      portion = portion === 1 ? 0 : Math.ceil(portion / 2)
    ) {
      for (let from = 0; from < best[name].length; ) {
        const rest = [...best[name].slice(0, from), ...best[name].slice(from + portion)];
        if (!(await attempt({ ...best, [name]: rest }))) from += portion;
      }
    }
  }
}

/** One thing less to think about each. */
function plainerStories({
  partitionCount,
  topicCount = 1,
  mapping,
  kinesis,
  documentdb,
}: Scenario): readonly Partial<Scenario>[] {
  return [
    ...(topicCount > 1 ? [{ topicCount: 1 }] : []),
    ...(partitionCount > 1 ? [{ partitionCount: 1 }] : []),
    ...(mapping.pollers > 1 ? [{ mapping: { ...mapping, pollers: 1 } }] : []),
    ...(mapping.bisects ? [{ mapping: { ...mapping, bisects: false } }] : []),
    ...(mapping.mode === 'onDemand' ? [{ mapping: { ...mapping, mode: 'provisioned' } as const }] : []),
    ...(kinesis.shardCount > 1 ? [{ kinesis: { ...kinesis, shardCount: 1 } }] : []),
    ...(kinesis.requestsInFlightMax > 1 ? [{ kinesis: { ...kinesis, requestsInFlightMax: 1 } }] : []),
    ...(kinesis.aggregation !== 'off' ? [{ kinesis: { ...kinesis, aggregation: 'off' } as const }] : []),
    ...(kinesis.envelope === 'json'
      ? [{ kinesis: { ...kinesis, envelope: 'none', tombstone: 'empty' } as const }]
      : []),
    ...(kinesis.hasRole ? [{ kinesis: { ...kinesis, hasRole: false } }] : []),
    ...(documentdb.poolSizeMax > 1 ? [{ documentdb: { ...documentdb, poolSizeMax: 1 } }] : []),
  ];
}
