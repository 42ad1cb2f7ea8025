import type { Clock } from '../../shared/clock.ts';
import type { PoisonPolicy } from '../../shared/common-settings.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import { abortAt, type Deadline } from '../../shared/deadline.ts';
import { assert } from '../../shared/errors.ts';
import type { RecordOutcome } from '../../shared/outcome.ts';
import type { PartitionBatch } from '../../shared/record.ts';
import type { Sink } from '../../shared/sink-contract.ts';
import type { Log, Meter } from '../../shared/telemetry.ts';
import { createCollections } from './collections.ts';
import { compile } from './compile.ts';
import { deliver } from './deliver.ts';
import type { DocumentStore } from './document-store.ts';
import { createGate } from './gate.ts';
import { Judge } from './judge.ts';
import { createLane, type Lane } from './lane.ts';
import { Ledger } from './ledger.ts';
import { type Namespace, type NamespaceSettings, namespaceOf, namespaceText } from './namespace.ts';
import { createPoisonHandler } from './poison.ts';

export interface DocumentdbSinkSettings extends NamespaceSettings {
  readonly deletes: 'tombstone' | 'hard';
  readonly tombstoneTtlSeconds: number;
  readonly onPoison: PoisonPolicy;
  readonly poolSizeMax: number;
}

export interface DocumentdbSinkParts {
  readonly settings: DocumentdbSinkSettings;
  readonly store: DocumentStore;
  readonly deadLetters: DeadLetterQueue;
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly log: Log;
  readonly meter: Meter;
}

const NAME = 'documentdbSink';

/** Upserts and deletes documents so that a replay never puts an older version over a newer one (G3). */
export function createDocumentdbSink(parts: DocumentdbSinkParts): Sink {
  const { settings, clock, meter, deadLetters } = parts;
  const collections = createCollections({ ...parts, ...settings });

  async function write(batches: readonly PartitionBatch[], deadline: Deadline): Promise<readonly RecordOutcome[]> {
    const { lanesByNamespace, firstIndexes } = layLanes(batches, settings, clock.nowMs());
    const abort = abortAt(clock, deadline.answerByMs);
    const ledger = new Ledger(firstIndexes);
    const onPoison = settings.onPoison;
    const poison = createPoisonHandler({ functionName: NAME, onPoison, deadLetters, deadline, clock, ledger });
    const judge = new Judge({ ledger, poison, meter });
    const session = {
      ...parts,
      collections,
      deadline,
      ledger,
      poison,
      judge,
      gate: createGate(),
      requestsInFlightMax: settings.poolSizeMax,
      signal: abort.signal,
      maySend: () => clock.nowMs() < deadline.sendUntilMs,
    };
    try {
      await Promise.all([...lanesByNamespace].map(([namespace, lanes]) => deliver(lanes, { ...session, namespace })));
      await collections.finish(deadline.sendUntilMs, abort.signal);
    } finally {
      abort.release();
    }
    return ledger.close([...lanesByNamespace.values()].flat()).map((outcome) => {
      assert(outcome !== undefined, 'every record has an outcome');
      return outcome;
    });
  }

  return { name: NAME, write };
}

/** Records by collection, and there by partition and document, each compiled on its own. */
function layLanes(batches: readonly PartitionBatch[], settings: DocumentdbSinkSettings, nowMs: number) {
  const namespaces = new Map<string, Namespace>();
  const lanesByNamespace = new Map<Namespace, Lane[]>();
  const firstIndexes = new Map<string, number>();
  let index = 0;
  for (const { topicPartition, records } of batches) {
    const topic = records[0]?.position.topic ?? '';
    const namespace = namespaceOf(topic, settings);
    const target = namespaceText(namespace);
    const known = namespaces.get(target) ?? namespace;
    namespaces.set(target, known);
    firstIndexes.set(topicPartition, index);
    const lanes = new Map<string, Lane>();
    for (const record of records) {
      const compiled = compile(record, settings, nowMs);
      // A record without a document locks none: it is on a lane of its own.
      const identity = compiled.identity ?? `none ${index}`;
      const lane = lanes.get(identity) ?? createLane(topicPartition, identity, target);
      lane.entries.push({ index, record, compiled });
      lanes.set(identity, lane);
      index += 1;
    }
    lanesByNamespace.set(known, [...(lanesByNamespace.get(known) ?? []), ...lanes.values()]);
  }
  return { lanesByNamespace, firstIndexes };
}
