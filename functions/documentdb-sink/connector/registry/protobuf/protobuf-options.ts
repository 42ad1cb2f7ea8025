/** How a converter that reads Protobuf is set up. https://docs.confluent.io/platform/current/schema-registry/connect.html */
export interface ProtobufOptions {
  /** `enhanced.protobuf.schema.support`: names have their package. */
  readonly enhanced: boolean;
  /** `int.for.enums` */
  readonly intForEnums: boolean;
  /** `optional.for.nullables`: only fields that say `optional` may be null. */
  readonly optionalForNullables: boolean;
  /** `optional.for.proto2`: an unset field of proto2 is null, and not its default. */
  readonly optionalForProto2: boolean;
  /** `wrapper.for.nullables`: only fields of wrapper types may be null. */
  readonly wrapperForNullables: boolean;
  /** `wrapper.for.raw.primitives`: a wrapper is its value. */
  readonly wrapperForRawPrimitives: boolean;
  /** `generate.struct.for.nulls`: an unset message is one without fields. */
  readonly structForNulls: boolean;
  /** `generate.index.for.unions`: a oneof's place stands behind its name. */
  readonly indexForUnions: boolean;
  /** `flatten.unions`: the fields of a oneof stand beside the others. */
  readonly flattenUnions: boolean;
}

/** @param own the settings of the converter, without `value.converter.` */
export function protobufOptionsOf(own: ReadonlyMap<string, string>): ProtobufOptions {
  const is = (name: string, byDefault = false): boolean => (own.get(name) ?? String(byDefault)) === 'true';
  return {
    enhanced: is('enhanced.protobuf.schema.support'),
    intForEnums: is('int.for.enums'),
    optionalForNullables: is('optional.for.nullables'),
    optionalForProto2: is('optional.for.proto2', true),
    wrapperForNullables: is('wrapper.for.nullables'),
    wrapperForRawPrimitives: is('wrapper.for.raw.primitives', true),
    structForNulls: is('generate.struct.for.nulls'),
    indexForUnions: is('generate.index.for.unions', true),
    flattenUnions: is('flatten.unions'),
  };
}
