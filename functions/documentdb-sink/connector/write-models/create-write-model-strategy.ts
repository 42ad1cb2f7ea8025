import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { WriteModel } from '../../plan/write-model.ts';
import { createNamed } from '../custom/create-named.ts';
import type { CustomStrategies } from '../custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../custom/registry.ts';
import { hasIdStrategy, ID_STRATEGY } from '../id-strategies/create-id-strategy.ts';
import type { IdStrategy } from '../id-strategies/id-strategy.ts';
import { PropertyError } from '../property-error.ts';
import type { TopicProperties } from '../topic-properties.ts';
import { DELETE_ONE_DEFAULT, deleteOneById, writeModelStrategies } from './strategies.ts';
import type { WriteModelStrategy } from './write-model-strategy.ts';

const WRITE_STRATEGY = 'writemodel.strategy';
const DELETE_STRATEGY = 'delete.writemodel.strategy';
const DELETE_ON_NULL = 'delete.on.null.values';

/** @throws PropertyError if the write model strategy cannot be followed */
export const createWriteModelStrategy = (
  properties: TopicProperties,
  idStrategy: IdStrategy,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): WriteModelStrategy => named(WRITE_STRATEGY, properties, idStrategy, custom);

/**
 * The strategy for null values; undefined unless `delete.on.null.values` is set.
 * @throws PropertyError if the delete strategy cannot be followed, or does not fit the id strategy
 */
export function createDeleteStrategy(
  properties: TopicProperties,
  idStrategy: IdStrategy,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): WriteModelStrategy | undefined {
  if (!properties.flag(DELETE_ON_NULL)) return undefined;
  if (properties.text(DELETE_STRATEGY) !== DELETE_ONE_DEFAULT) {
    return named(DELETE_STRATEGY, properties, idStrategy, custom);
  }
  const isOfKey = hasIdStrategy(properties, 'FullKeyStrategy', 'PartialKeyStrategy', 'ProvidedInKeyStrategy');
  // RawKeyStrategy accepts any key. Only the author of a custom strategy knows what it accepts.
  const isOurs = hasIdStrategy(properties, 'RawKeyStrategy') || custom.idStrategies.has(properties.text(ID_STRATEGY));
  if (isOfKey || isOurs) return deleteOneById(idStrategy, isOfKey);
  throw new PropertyError(
    DELETE_ON_NULL,
    'true',
    `DeleteOneDefaultStrategy finds the document by the record's key alone, so ${ID_STRATEGY} must be FullKeyStrategy, ` +
      'PartialKeyStrategy, ProvidedInKeyStrategy or msksinks.RawKeyStrategy',
  );
}

function named(
  property: string,
  properties: TopicProperties,
  idStrategy: IdStrategy,
  custom: CustomStrategies,
): WriteModelStrategy {
  return createNamed(properties, {
    property,
    name: properties.text(property),
    builtIn: writeModelStrategies(idStrategy),
    custom: custom.writeModelStrategies,
  });
}

export interface ModelStrategies {
  readonly write: WriteModelStrategy;
  /** Undefined if null values are not deletions. */
  readonly delete: WriteModelStrategy | undefined;
}

/**
 * The write model of a record without a CDC handler, after its post processors have run.
 * @throws UnwritableError if the documents lack a part that the strategy needs
 */
export function compileModel(
  strategies: ModelStrategies,
  document: SinkDocument,
  record: SourceRecord,
  wallTimeMs: number,
): WriteModel {
  if (document.value() !== undefined) return strategies.write(document, record, wallTimeMs);
  if (record.key === null && document.key() === undefined) {
    throw new UnwritableError('Invalid Sink Record neither key doc nor value doc were present');
  }
  if (strategies.delete !== undefined) return strategies.delete(document, record, wallTimeMs);
  throw new UnwritableError(`Could not create write model: the value is null, and ${DELETE_ON_NULL} is not set`);
}
