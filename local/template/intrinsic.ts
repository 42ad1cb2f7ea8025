/**
 * Resolves a CloudFormation intrinsic function (`{ Ref }`, `{ "Fn::GetAtt" }`, ...) to its text, or to undefined if the text is not
 * known here.
 */
export type ResolveIntrinsic = (intrinsic: Readonly<Record<string, unknown>>) => string | undefined;

/** The logical id in `{ "Fn::GetAtt": [id, "Arn"] }`, `{ "Fn::GetAtt": "id.Arn" }` or `{ Ref: id }`. */
export function logicalIdOf(value: unknown): string | undefined {
  return attributeOf(member(value, 'Fn::GetAtt'))?.[0] ?? text(member(value, 'Ref'));
}

/** The resource and the attribute of `Fn::GetAtt`. */
export function attributeOf(operand: unknown): readonly [logicalId: string, attribute: string] | undefined {
  const parts: readonly unknown[] =
    typeof operand === 'string' ? operand.split('.') : Array.isArray(operand) ? operand : [];
  const [logicalId, ...attribute] = parts.filter((part) => typeof part === 'string');
  return logicalId === undefined ? undefined : [logicalId, attribute.join('.')];
}

/** The member of an object or an array; undefined for anything else. */
export function member(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value[Number(name)];
  return isObject(value) ? value[name] : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
