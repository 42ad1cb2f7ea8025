/** The Java driver's name for the type of a BSON value. */
export function bsonTypeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'STRING';
    case 'boolean':
      return 'BOOLEAN';
    case 'bigint':
      return 'INT64';
    case 'number':
      return (value | 0) === value ? 'INT32' : 'DOUBLE';
    default:
      return typeNameOfObject(value);
  }
}

function typeNameOfObject(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return 'ARRAY';
  if (value instanceof Date) return 'DATE_TIME';
  return NAMES[String((value as { readonly _bsontype?: unknown })._bsontype)] ?? 'DOCUMENT';
}

const NAMES: Readonly<Record<string, string>> = {
  Binary: 'BINARY',
  BSONRegExp: 'REGULAR_EXPRESSION',
  BSONSymbol: 'SYMBOL',
  Code: 'JAVASCRIPT',
  Decimal128: 'DECIMAL128',
  Double: 'DOUBLE',
  Long: 'INT64',
  MaxKey: 'MAX_KEY',
  MinKey: 'MIN_KEY',
  ObjectId: 'OBJECT_ID',
  Timestamp: 'TIMESTAMP',
};
