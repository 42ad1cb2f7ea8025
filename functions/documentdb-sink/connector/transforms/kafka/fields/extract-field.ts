import { choice } from '../../../file/forms.ts';
import { onSide, type Side, type Transform } from '../../connect-record.ts';
import type { SchemaAndValue } from '../../data/to-document.ts';
import { TransformError } from '../../data/transform-error.ts';
import { reader, requireMap, structOrNull } from '../../fields.ts';
import { bothSides, REPLACE_NULLS, replaceNulls, someText } from '../../transform-class.ts';
import { optional, required, type TransformSettings } from '../../transform-settings.ts';
import { type FieldPath, fieldAt, fieldPathOf, valueInMap, valueInStruct } from './field-path.ts';

const PURPOSE = 'field extraction';

/**
 * Replaces the key or the value by one of its fields.
 * https://kafka.apache.org/documentation/#connect_included_transformation
 */
function extractField(side: Side, settings: TransformSettings): Transform {
  return onSide(side, fieldExtractor(fieldPathOf(settings), settings.flag(REPLACE_NULLS)));
}

export function fieldExtractor(path: FieldPath, replacesNulls: boolean): (data: SchemaAndValue) => SchemaAndValue {
  const read = reader(replacesNulls);
  return ({ schema, value }) => {
    if (schema === undefined) {
      return { schema, value: value === null ? null : valueInMap(requireMap(value, PURPOSE), path) };
    }
    const struct = structOrNull(value, PURPOSE);
    const field = fieldAt(schema, path);
    if (field === undefined)
      throw new TransformError(`the record has no field ${[...path.steps, path.last].join('.')}`);
    return { schema: field.schema, value: struct === null ? null : valueInStruct(struct, path, read) };
  };
}

export const EXTRACT_FIELD = bothSides(
  'ExtractField',
  [required('field', someText), optional('field.syntax.version', choice('v1', 'v2'), 'V1'), replaceNulls],
  extractField,
);
