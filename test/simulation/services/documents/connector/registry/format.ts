/** A field of a story's records, in the words of no format. */
export interface StoryField {
  readonly name: string;
  readonly type: 'int' | 'string';
  /** It may have no value. */
  readonly isNullable?: true;
}

export type Fields = Readonly<Record<string, unknown>>;

/** A schema that another one refers to: its name there, and where the registry has it. */
export interface Reference {
  readonly name: string;
  readonly subject: string;
}

export interface TypedField {
  readonly name: string;
  /** As it has to be stored. */
  readonly value: unknown;
  readonly reference?: Reference;
}

/** How a serializer writes schemas and values. */
export interface RegistryFormat {
  /** In the words of a registry. */
  readonly type: 'AVRO' | 'JSON' | 'PROTOBUF';
  /** How many typed values there are to begin with. */
  readonly typedCount: number;
  /** Values of the types of the format, from the given one on. */
  typedFrom(first: number): readonly TypedField[];
  /** @param first of the typed values; undefined: there are none */
  schemaText(fields: readonly StoryField[], first: number | undefined): string;
  contentOf(fields: readonly StoryField[], values: Fields, first: number | undefined): Buffer;
  /** A key that is a text and nothing else; undefined: the format has none. */
  readonly ofText?: { readonly schemaText: string; contentOf(text: string): Buffer };
  /** The text of a schema that others refer to. */
  subjectText(subject: string): string | undefined;
}

const IN_ONE_RECORD = 5;

/** Some of a list by the names of their fields, from the given one on, around its end. */
export const namedFrom = <T>(list: readonly T[], first: number): readonly (T & { readonly name: string })[] =>
  Array.from({ length: IN_ONE_RECORD }, (_, index) => (first + index) % list.length).map((index) => ({
    ...(list[index] as T),
    name: `typed${index}`,
  }));
