import { aborted } from '../aborted.ts';
import {
  type OrderRecord,
  type OrderStreamOptions,
  orderStream,
  type PoisonKind,
  poisonRecord,
} from './order-stream.ts';
import type { ProducedRecord } from './producer.ts';

/** Produces the records of a session, and keeps them. */
export interface Feed {
  /** What Kafka has acknowledged, in the order of production. */
  readonly produced: readonly ProducedRecord[];
  /** Resolves when Kafka has acknowledged `count` more records, or fewer if the signal aborts. Waits while paused. */
  produce(count: number, signal?: AbortSignal): Promise<void>;
  producePoison(kind: PoisonKind): Promise<ProducedRecord>;
  /** What is produced once the open requests have ended: everything that Kafka holds. */
  settled(): Promise<readonly ProducedRecord[]>;
  /** Resolves when no request is open. */
  pause(): Promise<void>;
  resume(): void;
}

/** The size of a request to Kafka: far below the topic's limit, even with an oversized record. */
const REQUEST_RECORDS_MAX = 500;
const REQUEST_BYTES_MAX = 1024 * 1024;

export type Produce = (records: readonly OrderRecord[]) => Promise<readonly ProducedRecord[]>;

export function createFeed(options: OrderStreamOptions, send: Produce): Feed {
  const { valueBytes } = options;
  const orders = orderStream(options);
  const requestRecords = Math.max(1, Math.min(REQUEST_RECORDS_MAX, Math.floor(REQUEST_BYTES_MAX / valueBytes)));
  const produced: ProducedRecord[] = [];
  const open = new Set<Promise<unknown>>();
  let paused: PromiseWithResolvers<void> | undefined;
  let poisonCount = 0;

  const request = async (records: readonly OrderRecord[], signal?: AbortSignal): Promise<readonly ProducedRecord[]> => {
    while (paused !== undefined && signal?.aborted !== true) await Promise.race([paused.promise, aborted(signal)]);
    if (signal?.aborted) return [];
    const sending = send(records).then((acknowledged) => {
      produced.push(...acknowledged);
      return acknowledged;
    });
    open.add(sending);
    return await sending.finally(() => open.delete(sending));
  };

  return {
    produced,
    async produce(count, signal) {
      for (let missing = count; missing > 0 && signal?.aborted !== true; missing -= requestRecords) {
        await request(
          Array.from({ length: Math.min(missing, requestRecords) }, () => orders.next().value),
          signal,
        );
      }
    },
    async producePoison(kind) {
      poisonCount += 1;
      const [record] = await request([poisonRecord(kind, `sent-${kind}-${poisonCount}`, valueBytes)]);
      if (record === undefined) throw new Error('Kafka acknowledged no record');
      return record;
    },
    async settled() {
      await Promise.allSettled(open);
      return produced;
    },
    async pause() {
      paused ??= Promise.withResolvers();
      await Promise.allSettled(open);
    },
    resume() {
      paused?.resolve();
      paused = undefined;
    },
  };
}
