/** How a converter that reads Avro is set up. https://docs.confluent.io/platform/current/schema-registry/connect.html */
export interface AvroOptions {
  /** `enhanced.avro.schema.support`: branches of unions are named with their namespace. */
  readonly enhanced: boolean;
  /** `connect.meta.data`: names, parameters and documentation of Connect are kept. */
  readonly metaData: boolean;
  /** `flatten.singleton.unions` */
  readonly flattenSingletonUnions: boolean;
  /** Before the names of types that the converter's serializer makes up: entries of maps, values without a schema. */
  readonly namespace: string;
  /** Glue's converter makes a struct of a union at the top, whatever the branch. */
  readonly keepsTopUnion: boolean;
}
