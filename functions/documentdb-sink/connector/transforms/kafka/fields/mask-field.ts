import { nonEmpty } from '../../../file/forms.ts';
import { onSide, type Side, type Transform } from '../../connect-record.ts';
import { BigDecimal, bigDecimalOf } from '../../data/big-decimal.ts';
import { type ConnectValue, isArray, isMap, SmallNumber } from '../../data/connect-value.ts';
import { copyWith, inSetOrder } from '../../data/hash-map.ts';
import { Struct } from '../../data/struct.ts';
import { TransformError } from '../../data/transform-error.ts';
import { reader, requireMap, requireStruct } from '../../fields.ts';
import { bothSides, REPLACE_NULLS, replaceNulls, someNames } from '../../transform-class.ts';
import { optional, required, type TransformSettings } from '../../transform-settings.ts';
import { cutToSmall } from '../types/cast-number.ts';

const PURPOSE = 'masking fields';

type Mask = (value: Exclude<ConnectValue, null>) => ConnectValue;

/** Replaces fields by the empty value of their type, or by a replacement of that type. A null stays null. */
function maskField(side: Side, settings: TransformSettings): Transform {
  const fields = new Set(settings.list('fields'));
  const inOrder = inSetOrder(fields);
  const replacement = settings.optional('replacement');
  const mask: Mask = replacement === undefined ? emptied : (value) => replaced(value, replacement);
  const masked = (value: ConnectValue): ConnectValue => (value === null ? null : mask(value));
  const read = reader(settings.flag(REPLACE_NULLS));
  return onSide(side, ({ schema, value }) => {
    if (schema === undefined) {
      const map = requireMap(value, PURPOSE);
      const puts = inOrder.map((name): [string, ConnectValue] => [name, masked(map.get(name) ?? null)]);
      return { schema, value: copyWith(map, new Map(puts)) };
    }
    const struct = requireStruct(value, PURPOSE);
    const valueIn = (name: string) => (fields.has(name) ? masked(read(struct, name)) : read(struct, name));
    return { schema, value: Struct.of(struct.schema, valueIn) };
  });
}

const emptied: Mask = (value) => {
  switch (typeof value) {
    case 'bigint':
      return 0n;
    case 'number':
      return 0;
    case 'string':
      return '';
    case 'boolean':
      return false;
    default:
  }
  if (value instanceof SmallNumber) return new SmallNumber(value.type, 0);
  if (value instanceof BigDecimal) return new BigDecimal(0n, 0);
  if (value instanceof Date) return new Date(0);
  if (isArray(value)) return [];
  if (isMap(value)) return new Map();
  throw new TransformError('a value of this type cannot be masked');
};

function replaced(value: Exclude<ConnectValue, null>, replacement: string): ConnectValue {
  if (typeof value === 'string') return replacement;
  const isNumber =
    ['bigint', 'number'].includes(typeof value) || value instanceof SmallNumber || value instanceof BigDecimal;
  if (!isNumber) throw new TransformError('a value of this type cannot be masked with a replacement');
  const number = bigDecimalOf(replacement);
  if (number === undefined) throw new TransformError('the replacement of a masked number is not a number');
  if (typeof value === 'bigint') return BigInt.asIntN(64, number.whole());
  if (typeof value === 'number') return number.double();
  return value instanceof SmallNumber ? cutToSmall(value.type, number) : number;
}

export const MASK_FIELD = bothSides(
  'MaskField',
  [required('fields', someNames), optional('replacement', nonEmpty), replaceNulls],
  maskField,
);
