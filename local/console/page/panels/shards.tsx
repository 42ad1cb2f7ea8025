import { useEffect, useState } from 'preact/hooks';
import type { ConsoleView } from '../../state/view.ts';
import { bytes, grouped, shardTitle } from '../format.ts';
import { useRead } from '../use-read.ts';

interface ShardRecord {
  readonly partitionKey: string;
  readonly sequenceNumber: string;
  readonly bytes: number;
  readonly start: string;
}

const AGAIN_EVERY_MS = 2_000;

/** The last records of a shard. */
export function Shards({ view }: { readonly view: ConsoleView }) {
  const [chosen, setChosen] = useState<string>();
  const shard = chosen ?? view.shards[0]?.shardId ?? '';
  const [records, setRecords] = useState<readonly ShardRecord[]>([]);
  const read = useRead<readonly ShardRecord[]>(setRecords);
  useEffect(() => {
    const load = () => read('shard', { shard });
    load();
    const timer = setInterval(load, AGAIN_EVERY_MS);
    return () => clearInterval(timer);
  }, [shard]);
  return (
    <div class="browse">
      <fieldset class="choice">
        <legend class="visually-hidden">Shard</legend>
        {view.shards.map(({ shardId, recordCount }) => (
          <button
            key={shardId}
            type="button"
            class="option"
            aria-pressed={shardId === shard}
            onClick={() => setChosen(shardId)}
          >
            {shardTitle(shardId)} <span>{grouped(recordCount)}</span>
          </button>
        ))}
      </fieldset>
      <ul class="rows">
        {records.map(({ partitionKey, sequenceNumber, bytes: size, start }) => (
          <li key={sequenceNumber}>
            <details>
              <summary>
                <span class="code">{partitionKey}</span>
                <span class="row-aside">{size === 0 ? 'a tombstone' : bytes(size)}</span>
              </summary>
              <p class="code sequence">{sequenceNumber}</p>
              <pre tabIndex={0}>{start}</pre>
            </details>
          </li>
        ))}
      </ul>
    </div>
  );
}
