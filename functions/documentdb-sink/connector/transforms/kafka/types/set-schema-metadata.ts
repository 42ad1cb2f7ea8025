import { anyText, wholeNumber } from '../../../file/forms.ts';
import { PropertyError } from '../../../property-error.ts';
import { onSide, type Side, type Transform } from '../../connect-record.ts';
import { requireStructSchema } from '../../data/schema.ts';
import { Struct } from '../../data/struct.ts';
import { TransformError } from '../../data/transform-error.ts';
import { reader } from '../../fields.ts';
import { bothSides, REPLACE_NULLS, replaceNulls } from '../../transform-class.ts';
import { optional, type TransformSettings } from '../../transform-settings.ts';

/** Changes the name or the version of the schema. Debezium's transforms recognise an envelope by the name. */
function setSchemaMetadata(side: Side, settings: TransformSettings): Transform {
  const name = settings.optional('schema.name');
  const version = settings.optional('schema.version');
  if (name === undefined && version === undefined) {
    throw new PropertyError(`${settings.prefix}type`, 'SetSchemaMetadata', 'needs schema.name or schema.version');
  }
  const read = reader(settings.flag(REPLACE_NULLS));
  return onSide(side, (data) => {
    const { schema, value } = data;
    if (schema === undefined) {
      if (value === null) return data;
      throw new TransformError('a record without a schema has no schema name and version');
    }
    const updated = {
      ...requireStructSchema(schema),
      name: name ?? schema.name,
      version: version === undefined ? schema.version : Number(version),
    };
    if (!(value instanceof Struct)) return { schema: updated, value };
    return { schema: updated, value: Struct.of(updated, (field) => read(value, field)) };
  });
}

export const SET_SCHEMA_METADATA = bothSides(
  'SetSchemaMetadata',
  [optional('schema.name', anyText), optional('schema.version', wholeNumber('versions', -(2 ** 31))), replaceNulls],
  setSchemaMetadata,
);
