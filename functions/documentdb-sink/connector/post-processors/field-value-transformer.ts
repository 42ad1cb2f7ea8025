import { isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import { createNamed } from '../custom/create-named.ts';
import type { CustomStrategies, FieldValueTransformer } from '../custom/custom-strategies.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { PostProcessor } from './post-processor.ts';

export const FIELD_VALUE_TRANSFORMER = 'field.value.transformer';

/**
 * Transforms fields by name at any depth, also in documents of arrays, but not inside of a transformed field.
 * @throws PropertyError if custom/registry.ts does not have the transformer
 */
export function fieldValueTransformer(properties: TopicProperties, custom: CustomStrategies): PostProcessor {
  const transform = createNamed(properties, {
    property: FIELD_VALUE_TRANSFORMER,
    name: properties.text(FIELD_VALUE_TRANSFORMER),
    builtIn: new Map(),
    custom: custom.fieldValueTransformers,
  });
  const fields = new Set(properties.text(`${FIELD_VALUE_TRANSFORMER}.fields`).split(/\s*,\s*/));
  return (document) => {
    const value = document.value();
    if (value !== undefined) transformFields(value, fields, transform);
  };
}

function transformFields(
  document: MutableDocument,
  fields: ReadonlySet<string>,
  transform: FieldValueTransformer,
): void {
  for (const [name, value] of document) {
    if (fields.has(name)) document.set(name, defined(name, transform(name, value)));
    else if (isDocument(value)) transformFields(value, fields, transform);
    else if (Array.isArray(value)) {
      for (const element of value.filter(isDocument)) transformFields(element, fields, transform);
    }
  }
}

function defined(name: string, value: unknown): unknown {
  if (value !== undefined) return value;
  throw new UnwritableError(`the field value transformer returned no value for the field ${JSON.stringify(name)}`);
}
