import { onSide, type Side, type Transform } from '../../connect-record.ts';
import { hashMap } from '../../data/hash-map.ts';
import { structSchema } from '../../data/schema.ts';
import { Struct } from '../../data/struct.ts';
import { bothSides, someText } from '../../transform-class.ts';
import { required, type TransformSettings } from '../../transform-settings.ts';

/** Makes an object whose only field is the whole key or value, even if that is null. */
function hoistField(side: Side, settings: TransformSettings): Transform {
  const name = settings.text('field');
  return onSide(side, ({ schema, value }) => {
    if (schema === undefined) return { schema, value: hashMap(new Map([[name, value]])) };
    const hoisted = structSchema([{ name, schema }]);
    return { schema: hoisted, value: Struct.of(hoisted, () => value) };
  });
}

export const HOIST_FIELD = bothSides('HoistField', [required('field', someText)], hoistField);
