import { isSent } from '../filter/matches.ts';
import type { ValuePattern } from '../filter/pattern.ts';
import type { Arrival } from '../machine/machine.ts';
import type { EventRecord } from './event.ts';

/** Without the records that Lambda drops. Their offsets are passed over, and committed with those of the records around them. */
export function filterArrival(arrival: Arrival<EventRecord>, filters: readonly ValuePattern[]): Arrival<EventRecord> {
  const last = arrival.records.at(-1);
  if (filters.length === 0 || last === undefined) return arrival;
  return {
    ...arrival,
    nextOffset: arrival.nextOffset ?? last.offset + 1,
    records: arrival.records.filter(
      ({ json, filterValue, refusal }) => refusal !== undefined || isSent(filters, filterValue ?? valueOfRecord(json)),
    ),
  };
}

function valueOfRecord(recordJson: string): Uint8Array | null {
  const { value }: { readonly value?: string | null } = JSON.parse(recordJson);
  return value === undefined || value === null ? null : Buffer.from(value, 'base64');
}
