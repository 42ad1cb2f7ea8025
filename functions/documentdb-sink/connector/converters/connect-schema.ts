export const PRIMITIVE_TYPES = [
  'boolean',
  'int8',
  'int16',
  'int32',
  'int64',
  'float',
  'double',
  'bytes',
  'string',
] as const;
export type PrimitiveType = (typeof PRIMITIVE_TYPES)[number];

interface Common {
  readonly isOptional: boolean;
  /** The name of the logical type. */
  readonly name: string | undefined;
  readonly parameters: ReadonlyMap<string, unknown>;
  /** The default as a BSON value; undefined without a default. */
  readonly default: unknown;
}

export type ConnectSchema = Common &
  (
    | { readonly type: PrimitiveType }
    | { readonly type: 'array'; readonly items: ConnectSchema }
    | { readonly type: 'map'; readonly keys: ConnectSchema; readonly values: ConnectSchema }
    | { readonly type: 'struct'; readonly fields: readonly ConnectField[] }
  );

export interface ConnectField {
  readonly name: string;
  readonly schema: ConnectSchema;
}
