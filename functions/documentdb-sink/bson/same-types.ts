/** Whether two values that the server compares as equal (identity.ts) also have the same BSON types, at any depth. */
export function haveSameTypes(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof Map && other instanceof Map) {
    return one.size === other.size && [...one].every(([name, value]) => haveSameTypes(value, other.get(name)));
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, at) => haveSameTypes(value, other[at]));
  }
  return typeOf(one) === typeOf(other) && String(one) === String(other);
}

const typeOf = (value: object): unknown => (value as { readonly _bsontype?: unknown })._bsontype ?? value.constructor;
