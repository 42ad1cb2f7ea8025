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

/** The result of planning a record and adding the guard. */
export type Compiled = Writes | Poison | Decided;

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

export interface CompileSettings {
  readonly deletes: 'tombstone' | 'hard';
  readonly epochs: Epochs;
}

/**
 * Compiles each record on its own, so that an invalid record never affects another. Never throws: whatever planning
 * throws makes that record poison (`planning_failed`).
 */
export function compile(
  record: SourceRecord,
  mapper: RecordMapper,
  settings: CompileSettings,
  wallTimeMs: number,
): Compiled {
  try {
    return plan(record, mapper, settings, wallTimeMs);
  } catch (error) {
    return { kind: 'poison', namespace: undefined, identity: undefined, failure: planningFailed(error) };
  }
}

function plan(record: SourceRecord, mapper: RecordMapper, settings: CompileSettings, wallTimeMs: number): Compiled {
  const plan = mapper(record, wallTimeMs);
  switch (plan.kind) {
    case 'none':
    case 'unsettled':
      return plan;
    case 'poison': {
      const { namespace, filter, failure } = plan;
      return { kind: 'poison', namespace, identity: filter && identityOfFilter(filter), failure };
    }
    case 'write':
      return guarded(plan, record, settings, wallTimeMs);
  }
}

function guarded(
  { namespace, models, version }: WritePlan & { readonly kind: 'write' },
  record: SourceRecord,
  { deletes, epochs }: CompileSettings,
  wallTimeMs: number,
): Compiled {
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
