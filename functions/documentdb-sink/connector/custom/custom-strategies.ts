import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';
import type { Namespace } from '../../plan/namespace.ts';
import type { CdcHandler } from '../cdc/cdc-handler.ts';
import type { IdStrategy } from '../id-strategies/id-strategy.ts';
import type { PostProcessor } from '../post-processors/post-processor.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { Transform } from '../transforms/connect-record.ts';
import type { TransformSettings } from '../transforms/transform-settings.ts';
import type { WriteModelStrategy } from '../write-models/write-model-strategy.ts';

/** Returns the new value of a field. Called with the field's name and its BSON value, which may be null. */
export type FieldValueTransformer = (fieldName: string, value: unknown) => unknown;

/** Returns the namespace of a record's document. `fallback` is the namespace from `database` and `collection`. */
export type NamespaceMapper = (document: SinkDocument, record: SourceRecord, fallback: Namespace) => Namespace;

/** Called once per topic when the configuration is read. Throws PropertyError for an invalid property. */
export type Create<Strategy> = (properties: TopicProperties) => Strategy;

type Named<Strategy> = ReadonlyMap<string, Create<Strategy>>;

/** The strategies that a project adds to the connector's: each maps the value of a property to a strategy. */
export interface CustomStrategies {
  /** `document.id.strategy` */
  readonly idStrategies: Named<IdStrategy>;
  /** `writemodel.strategy` and `delete.writemodel.strategy` */
  readonly writeModelStrategies: Named<WriteModelStrategy>;
  /** Entries of `post.processor.chain` */
  readonly postProcessors: Named<PostProcessor>;
  /** `field.value.transformer` */
  readonly fieldValueTransformers: Named<FieldValueTransformer>;
  /** `change.data.capture.handler` */
  readonly cdcHandlers: Named<CdcHandler>;
  /** `namespace.mapper` */
  readonly namespaceMappers: Named<NamespaceMapper>;
  /** `transforms.<alias>.type`; created once with the settings under `transforms.<alias>.` */
  readonly transforms: ReadonlyMap<string, (settings: TransformSettings) => Transform>;
}
