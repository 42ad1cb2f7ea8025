import { bsonTypeName } from '../bson/bson-type-name.ts';
import { fieldAt } from '../bson/field-lookup.ts';
import type { SinkDocument } from '../bson/sink-document.ts';
import { copyOfText } from '../bson/text-copy.ts';
import { DATABASE_BYTES_MAX, NAMESPACE_BYTES_MAX } from '../limits.ts';
import type { Namespace } from '../plan/namespace.ts';
import { UnwritableError } from '../plan/unwritable-error.ts';
import { createNamed } from './custom/create-named.ts';
import type { Create, CustomStrategies, NamespaceMapper } from './custom/custom-strategies.ts';
import type { TopicProperties } from './topic-properties.ts';

export const NAMESPACE_MAPPER = 'namespace.mapper';
const PACKAGE = 'com.mongodb.kafka.connect.sink.namespace.mapping.';

/** The namespace that the properties name; without a collection, the topic's name is the collection's. */
export const configuredNamespace = (topic: string, properties: TopicProperties): Namespace => ({
  database: properties.text('database'),
  collection: properties.text('collection') || topic,
});

/** @throws PropertyError if the mapper is neither one of the connector's nor one of custom/registry.ts */
export function createNamespaceMapper(properties: TopicProperties, custom: CustomStrategies): NamespaceMapper {
  const map = createNamed(properties, {
    property: NAMESPACE_MAPPER,
    name: properties.text(NAMESPACE_MAPPER),
    builtIn: MAPPERS,
    custom: custom.namespaceMappers,
  });
  return (document, record, fallback) => {
    const namespace = map(document, record, fallback);
    if (namespace === fallback) return namespace;
    checkNames(namespace);
    return { ...namespace, isOfRecord: true };
  };
}

interface Target {
  readonly kind: 'database' | 'collection';
  readonly side: 'key' | 'value';
  readonly path: string;
}

/** Reads names from fields of the original key and value, before any post processor or CDC handler. */
const fieldPathMapper: Create<NamespaceMapper> = (properties) => {
  const isStrict = properties.flag(`${NAMESPACE_MAPPER}.error.if.invalid`);
  const targets = (['database', 'collection'] as const).flatMap((kind) => targetOf(properties, kind) ?? []);
  return (document, _record, fallback) => {
    const names: Record<'database' | 'collection', string> = { ...fallback };
    for (const target of targets) names[target.kind] = nameIn(document, target, isStrict) ?? names[target.kind];
    const isSame = names.database === fallback.database && names.collection === fallback.collection;
    return isSame ? fallback : names;
  };
};

/** The key's field takes precedence; a file that sets both is refused elsewhere. */
function targetOf(properties: TopicProperties, kind: 'database' | 'collection'): Target | undefined {
  for (const side of ['key', 'value'] as const) {
    const path = properties.text(`${NAMESPACE_MAPPER}.${side}.${kind}.field`);
    if (path !== '') return { kind, side, path };
  }
  return undefined;
}

function nameIn(document: SinkDocument, { side, path }: Target, isStrict: boolean): string | undefined {
  const fields = side === 'key' ? document.key() : document.value();
  const name = fields === undefined ? undefined : fieldAt(fields, path);
  // The facts about a collection outlive the record, so the name must not keep the record's text in memory.
  if (typeof name === 'string') return copyOfText(name);
  if (!isStrict) return undefined;
  if (fields === undefined) throw new UnwritableError(`Invalid ${side} document: the record has none`);
  if (name === undefined) throw new UnwritableError(`Missing document path '${path}' in the ${side}`);
  throw new UnwritableError(
    `Invalid type for ${bsonTypeName(name)} field path '${path}', expected a String in the ${side}`,
  );
}

const MAPPERS: ReadonlyMap<string, Create<NamespaceMapper>> = new Map<string, Create<NamespaceMapper>>([
  [`${PACKAGE}DefaultNamespaceMapper`, () => (_document, _record, fallback) => fallback],
  [`${PACKAGE}FieldPathNamespaceMapper`, fieldPathMapper],
]);

const DATABASE = /^[^/\\. "$\0]+$/;
const COLLECTION = /^(?!system\.|\.)[^$\0]+$/;

/**
 * Checks names that come from a record: https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions,
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html
 */
function checkNames({ database, collection }: Namespace): void {
  if (!DATABASE.test(database) || Buffer.byteLength(database) > DATABASE_BYTES_MAX) {
    throw new UnwritableError(
      'the record gives an invalid database name: 1 to 63 bytes, none of / \\ . " $ or a blank',
    );
  }
  if (!COLLECTION.test(collection) || Buffer.byteLength(`${database}.${collection}`) > NAMESPACE_BYTES_MAX) {
    throw new UnwritableError(
      `the record gives an invalid collection name: no $, no leading system. or dot, at most ${NAMESPACE_BYTES_MAX} bytes including the database name`,
    );
  }
}
