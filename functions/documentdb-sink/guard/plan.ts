import type { IgnoredReason, RecordFailure } from '../../../shared/outcome.ts';
import { planningFailed, poison } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { identityOf, identityOfFilter } from '../bson/identity.ts';
import type { Namespace } from '../plan/namespace.ts';
import type { RecordMapper, WritePlan } from '../plan/record-mapper.ts';
import { UnwritableError } from '../plan/unwritable-error.ts';
import type { WriteModel } from '../plan/write-model.ts';
import { guardedWrite, type WriteContext } from './guarded-write.ts';
import { type Epochs, sourceVersionOf } from './source-version.ts';
import type { Write } from './write.ts';

/** The writes that a record asks for, with their guard, or why there are none. */
export type RecordPlan = Writes | Poison | Decided;

/** Nothing is sent for the record. */
export type Decided =
  | { readonly kind: 'none'; readonly reason: IgnoredReason }
  | { readonly kind: 'unsettled'; readonly failure: RecordFailure };

export interface Writes {
  readonly kind: 'writes';
  readonly namespace: Namespace;
  /** Names the document. */
  readonly identity: string;
  /** Applied one after another. */
  readonly writes: readonly Write[];
}

export interface Poison {
  readonly kind: 'poison';
  readonly namespace: Namespace | undefined;
  /** Undefined if the document is not known. */
  readonly identity: string | undefined;
  readonly failure: RecordFailure;
}

export interface PlanSettings {
  readonly deletes: 'tombstone' | 'hard';
  readonly epochs: Epochs;
}

/**
 * Plans each record on its own, so that an invalid record never affects another. Never throws: whatever planning
 * throws makes that record poison (`planning_failed`).
 */
export function plan(
  record: SourceRecord,
  mapper: RecordMapper,
  settings: PlanSettings,
  wallTimeMs: number,
): RecordPlan {
  try {
    return planOrThrow(record, mapper, settings, wallTimeMs);
  } catch (error) {
    return { kind: 'poison', namespace: undefined, identity: undefined, failure: planningFailed(error) };
  }
}

function planOrThrow(
  record: SourceRecord,
  mapper: RecordMapper,
  settings: PlanSettings,
  wallTimeMs: number,
): RecordPlan {
  const asked = mapper(record, wallTimeMs);
  switch (asked.kind) {
    case 'none':
    case 'unsettled':
      return asked;
    case 'poison': {
      const { namespace, filter, failure } = asked;
      return { kind: 'poison', namespace, identity: filter && identityOfFilter(filter), failure };
    }
    case 'write':
      return guarded(asked, record, settings, wallTimeMs);
  }
}

function guarded(
  { namespace, models, version }: WritePlan & { readonly kind: 'write' },
  record: SourceRecord,
  { deletes, epochs }: PlanSettings,
  wallTimeMs: number,
): RecordPlan {
  const [first] = models;
  const identity = identityOfModel(first);
  const context = { identity, sourceVersion: sourceVersionOf(record, epochs, version), step: 0, deletes, wallTimeMs };
  try {
    const writes = models.length === 1 ? [guardedWrite(first, context)] : severalWrites(models, context);
    return { kind: 'writes', namespace, identity, writes };
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error;
    return { kind: 'poison', namespace, identity, failure: poison('payload_invalid', error.message) };
  }
}

function severalWrites(models: readonly WriteModel[], context: WriteContext): readonly Write[] {
  if (models.some((model) => identityOfModel(model) !== context.identity)) throw new UnwritableError(SEVERAL_DOCUMENTS);
  return models.map((model, step) => guardedWrite(model, { ...context, step }));
}

const identityOfModel = (model: WriteModel): string =>
  model.kind === 'insertOne' ? identityOf(model.document.get('_id')) : identityOfFilter(model.filter);

const SEVERAL_DOCUMENTS = 'the record writes to more than one document';
