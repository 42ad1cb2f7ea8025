import type { ScenarioRecord } from '../scenario.ts';

/** Whether each record takes a unique value that no other document has by then: those that cannot be written change nothing. */
export function takesFreeValuesOnly(records: readonly ScenarioRecord[]): boolean {
  const holders = new Map<number, string>();
  const values = new Map<string, number>();
  return records.every(({ key, kind, unique }) => {
    if (key === null || kind === 'poison' || kind === 'refused') return true;
    const own = values.get(key);
    if (own !== undefined) holders.delete(own);
    values.delete(key);
    if (unique === undefined) return true;
    if (holders.has(unique)) return false;
    holders.set(unique, key);
    values.set(key, unique);
    return true;
  });
}
