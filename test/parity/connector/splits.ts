import type { CaseRecord } from './records.ts';

export const SPLITS = ['one', 'seven', 'replay'] as const;
/** How our function gets the records: in one event, in events of seven records, or in events of seven and then all of them again. */
export type Split = (typeof SPLITS)[number];

const EVENT_RECORDS_MAX = 7;

export function eventsOf(records: readonly CaseRecord[], split: Split): readonly (readonly CaseRecord[])[] {
  switch (split) {
    case 'one':
      return [records];
    case 'seven':
      return chunks(records);
    case 'replay':
      return [...chunks(records), ...chunks(records)];
  }
}

const chunks = (records: readonly CaseRecord[]): readonly (readonly CaseRecord[])[] =>
  Array.from({ length: Math.ceil(records.length / EVENT_RECORDS_MAX) }, (_, index) =>
    records.slice(index * EVENT_RECORDS_MAX, (index + 1) * EVENT_RECORDS_MAX),
  );
