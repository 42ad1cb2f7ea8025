import { type EventRecord, recordSerializer } from '../../../../local/msk-trigger/runtime/event.ts';
import type { Poller } from '../../../../local/msk-trigger/runtime/poller.ts';
import type { Clock } from '../../../../shared/time/clock.ts';

/** A topic in memory behind the poller's interface, with one committed offset a partition. */
export class FakePoller implements Poller {
  readonly log: EventRecord[][];
  readonly committed = new Map<number, number>();
  troubles: Error[] = [];
  isClosed = false;
  readonly #clock: Clock;
  #arrival = new AbortController();

  constructor(clock: Clock, partitions: number) {
    this.#clock = clock;
    this.log = Array.from({ length: partitions }, () => []);
  }

  /** Appends records whose value is their own offset. */
  produce(partition: number, count: number): void {
    const records = this.log[partition] ?? [];
    const serialize = recordSerializer('orders', partition);
    for (let i = 0; i < count; i += 1) {
      const offset = records.length;
      const value = Buffer.from(String(offset));
      const timestampMs = this.#clock.nowMs();
      records.push(serialize({ offset, timestampMs, timestampType: 'CREATE_TIME', key: null, value, headers: [] }));
    }
    this.#arrival.abort();
    this.#arrival = new AbortController();
  }

  positions: Poller['positions'] = async (known) => {
    const added = [...this.log.keys()].filter((partition) => !known.has(partition));
    return new Map(added.map((partition) => [partition, this.committed.get(partition) ?? 0]));
  };

  fetch: Poller['fetch'] = async (wanted, waitMs) => {
    const trouble = this.troubles.shift();
    if (trouble !== undefined) throw trouble;
    const isEmpty = wanted.every(({ partition, offset }) => (this.log[partition]?.length ?? 0) <= offset);
    if (isEmpty) await this.#clock.waitUntil(this.#clock.nowMs() + waitMs, this.#arrival.signal);
    return wanted.map(({ partition, offset }) => ({ partition, records: this.log[partition]?.slice(offset) ?? [] }));
  };

  outOfRange: Poller['outOfRange'] = async (wanted) => wanted.map(({ partition }) => ({ partition, offset: 2 }));

  commit: Poller['commit'] = async (offsets) => {
    for (const [partition, offset] of offsets) this.committed.set(partition, offset);
  };

  endOffsets: Poller['endOffsets'] = async () =>
    new Map(this.log.map((records, partition) => [partition, records.length]));

  close: Poller['close'] = async () => {
    this.isClosed = true;
  };
}
