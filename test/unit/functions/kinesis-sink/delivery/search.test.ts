import { describe, expect, it } from 'vitest';
import { Search } from '../../../../../functions/kinesis-sink/delivery/search.ts';
import type { PackedEntry } from '../../../../../functions/kinesis-sink/lanes/lane.ts';
import { entryOf, preparedOf, records } from '../../../../support/a-kinesis-sink.ts';

const entries = (count: number): readonly PackedEntry[] =>
  records(count).map((record) => ({ entry: entryOf(preparedOf(record)), slices: [] }));
const none = () => false;

/** A search for the bad entry of one request. */
function searchOf(packedEntries: readonly PackedEntry[]): Search {
  const search = new Search();
  search.halve({ packedEntries });
  return search;
}

describe('a rejected request', () => {
  it('is sent in halves, the first one greater, each of which knows the result of the other', () => {
    const packedEntries = entries(3);
    const search = searchOf(packedEntries);
    const [{ half: first }, { half: second }] = [search.claim(none), search.claim(none)];
    expect([first?.packedEntries, second?.packedEntries]).toEqual([packedEntries.slice(0, 2), packedEntries.slice(2)]);
    expect([first?.others === second?.own, second?.others === first?.own]).toEqual([true, true]);
    expect([first?.own, second?.own]).toEqual([{ isStored: false }, { isStored: false }]);
    expect(first?.own).not.toBe(second?.own);
    expect(search.claim(none)).toEqual({ half: undefined, held: [] });
  });

  it('is searched to its end before the other half is sent', () => {
    const packedEntries = entries(4);
    const search = searchOf(packedEntries);
    search.halve(search.claim(none).half ?? { packedEntries: [] });
    const sent = [1, 2, 3].map(() => search.claim(none).half?.packedEntries);
    expect(sent).toEqual([packedEntries.slice(0, 1), packedEntries.slice(1, 2), packedEntries.slice(2)]);
    expect(search.isOver).toBe(true);
  });
});

describe('an entry that must not be sent now', () => {
  it('leaves its half, which shows nothing of the other half any more', () => {
    const packedEntries = entries(4);
    const search = searchOf(packedEntries);
    const [first, second] = packedEntries;
    expect(search.claim((each) => each === first)).toEqual({ half: { packedEntries: [second] }, held: [first] });
    expect(search.isOver).toBe(false);
  });

  it('lets the next half go first if all of its half must wait', () => {
    const packedEntries = entries(4);
    const search = searchOf(packedEntries);
    const firstHalf = packedEntries.slice(0, 2);
    const { half, held } = search.claim((each) => firstHalf.includes(each));
    expect([half?.packedEntries, held]).toEqual([packedEntries.slice(2), firstHalf]);
    expect(half?.others).toBeDefined();
  });

  it('leaves the search with all others if all must wait', () => {
    const packedEntries = entries(3);
    const search = searchOf(packedEntries);
    expect(search.claim(() => true)).toEqual({ half: undefined, held: packedEntries });
    expect(search.isOver).toBe(true);
  });
});

describe('a search that ends', () => {
  it('gives back its entries', () => {
    const packedEntries = entries(3);
    const search = searchOf(packedEntries);
    expect(search.isOver).toBe(false);
    expect(search.end()).toEqual(packedEntries);
    expect([search.isOver, search.end()]).toEqual([true, []]);
  });
});
