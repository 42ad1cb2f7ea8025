import { UnsupportedSchemaError } from '../errors.ts';
import { KNOWN_FILES } from './known-files.ts';
import {
  type EnumDeclaration,
  type FieldDeclaration,
  type MessageDeclaration,
  type ProtoFile,
  parseProto,
} from './proto-file.ts';
import { wrongSchema } from './tokens.ts';
import {
  type EnumType,
  type Field,
  type MessageType,
  type Oneof,
  SCALAR_KINDS,
  type Scalar,
  type ScalarKind,
} from './types.ts';

/** The messages of a schema, those in messages included. */
export interface LinkedFile {
  readonly messages: readonly LinkedMessage[];
}

export interface LinkedMessage {
  readonly type: MessageType;
  readonly messages: readonly LinkedMessage[];
}

/**
 * A `.proto` text with the types of its fields, those of other texts among them.
 * @param references texts by the names under which `import` asks for them
 * @throws UnconvertibleError when a text is wrong; UnsupportedSchemaError for what the function does not read
 */
export function linkProto(text: string, references: ReadonlyMap<string, string>): LinkedFile {
  const linker = new Linker(references);
  const file = parseProto(text);
  const root = (file.standsFor === undefined ? undefined : linker.load(file.standsFor)) ?? file;
  const messages = linker.declare(root);
  linker.loadAll(root.imports);
  linker.fill();
  return { messages };
}

type Declared =
  | { readonly kind: 'message'; readonly type: MessageType }
  | { readonly kind: 'enum'; readonly type: EnumType; readonly file: ProtoFile };

const SCALARS: ReadonlySet<string> = new Set(SCALAR_KINDS);
const DESCRIPTOR = 'google/protobuf/descriptor.proto';

class Linker {
  readonly #references: ReadonlyMap<string, string>;
  readonly #files = new Map<string, ProtoFile>();
  readonly #declared = new Map<string, Declared>();
  /** Fields are made when the types of all files are there. */
  readonly #open: (() => void)[] = [];

  constructor(references: ReadonlyMap<string, string>) {
    this.#references = references;
  }

  /** Undefined: nobody has it. A file that nothing is taken of may be missing, as in Java. */
  load(name: string): ProtoFile | undefined {
    const text = this.#references.get(name) ?? KNOWN_FILES.get(name);
    const file = text === undefined ? undefined : parseProto(text);
    if (file !== undefined) this.#files.set(name, file);
    return file;
  }

  loadAll(names: readonly string[]): void {
    for (const name of names) {
      const file = this.#files.has(name) ? undefined : this.load(name);
      if (file === undefined) continue;
      this.declare(file);
      this.loadAll(file.imports);
    }
  }

  declare(file: ProtoFile): readonly LinkedMessage[] {
    return this.#declareAll(file.types, file.package, file);
  }

  fill(): void {
    for (const fill of this.#open) fill();
  }

  #declareAll(types: ProtoFile['types'], scope: string, file: ProtoFile): readonly LinkedMessage[] {
    for (const type of types) if (type.kind === 'enum') this.#declareEnum(type, scope, file);
    return types.flatMap((type) => (type.kind === 'message' ? [this.#declareMessage(type, scope, file)] : []));
  }

  #declareEnum({ name, values }: EnumDeclaration, scope: string, file: ProtoFile): void {
    const fullName = within(scope, name);
    const names = new Map<number, string>();
    for (const [each, number] of values) if (!names.has(number)) names.set(number, each);
    if (names.size === 0) wrongSchema('an enum has no value');
    this.#put(fullName, { kind: 'enum', type: { name, fullName, names }, file });
  }

  #declareMessage(declaration: MessageDeclaration, scope: string, file: ProtoFile): LinkedMessage {
    const { name } = declaration;
    const fullName = within(scope, name);
    const fields: Field[] = [];
    const fieldOf = new Map<number, Field>();
    const members = declaration.oneofs.map((each) => ({
      name: each,
      fullName: within(fullName, each),
      fields: [] as Field[],
    }));
    const type: MessageType = { name, fullName, fields, fieldOf, oneofs: members };
    this.#put(fullName, { kind: 'message', type });
    this.#open.push(() => {
      for (const each of declaration.fields) {
        const oneof = members.find((member) => member.name === each.oneof);
        const field =
          each.mapKey === undefined ? this.#field(each, oneof, fullName, file) : this.#mapField(each, fullName, file);
        if (fieldOf.has(field.number)) wrongSchema('two fields of a message have one number');
        fields.push(field);
        fieldOf.set(field.number, field);
        oneof?.fields.push(field);
      }
    });
    return { type, messages: this.#declareAll(declaration.types, fullName, file) };
  }

  #put(fullName: string, declared: Declared): void {
    if (this.#declared.has(fullName)) wrongSchema('two types have one name');
    this.#declared.set(fullName, declared);
  }

  #field(declaration: FieldDeclaration, oneof: Oneof | undefined, scope: string, file: ProtoFile): Field {
    const { name, number, type, label, parameters } = declaration;
    const isRepeated = label === 'repeated';
    const isSingular = oneof === undefined && (label === undefined || label === 'optional');
    const isOptional = isSingular && (file.syntax === 'proto2' || label === 'optional');
    const basics = {
      name,
      number,
      isRepeated,
      isRequired: label === 'required',
      optional: isOptional ? file.syntax : undefined,
      oneof,
      parameters,
    };
    if (SCALARS.has(type)) {
      const kind = type as ScalarKind;
      return { ...basics, kind, checksUtf8: file.checksUtf8, default: defaultOf(kind, declaration.default) };
    }
    const found = this.#resolve(type, scope);
    if (found.kind === 'message') return { ...basics, kind: 'message', type: found.type, default: 0 };
    const isClosed = file.syntax === 'proto2' || found.file.syntax === 'proto2';
    return {
      ...basics,
      kind: 'enum',
      type: found.type,
      isClosed,
      default: enumDefault(found.type, declaration.default),
    };
  }

  /** A map is a list of entries. Nobody refers to them, so that their name need not be protoc's. */
  #mapField(declaration: FieldDeclaration, scope: string, file: ProtoFile): Field {
    const { name, number, type, mapKey, parameters } = declaration;
    const entryName = `${name}Entry`;
    const fullName = within(scope, entryName);
    const part = { label: undefined, mapKey: undefined, oneof: undefined, default: undefined, parameters: new Map() };
    // Java checks the texts of every map.
    const strict = { ...file, checksUtf8: true };
    const fields = [
      this.#field({ ...part, name: 'key', number: 1, type: mapKey ?? '' }, undefined, fullName, strict),
      this.#field({ ...part, name: 'value', number: 2, type }, undefined, fullName, strict),
    ];
    const entry: MessageType = {
      name: entryName,
      fullName,
      fields,
      fieldOf: new Map(fields.map((field) => [field.number, field])),
      oneofs: [],
    };
    return {
      kind: 'message',
      type: entry,
      name,
      number,
      isRepeated: true,
      isRequired: false,
      optional: undefined,
      oneof: undefined,
      parameters,
      default: 0,
    };
  }

  /** By the rules of C++: from the innermost scope outwards. */
  #resolve(name: string, scope: string): Declared {
    if (name.startsWith('.')) return this.#declared.get(name.slice(1)) ?? this.#missing();
    for (let outer = scope; ; outer = outer.slice(0, Math.max(outer.lastIndexOf('.'), 0))) {
      const found = this.#declared.get(within(outer, name));
      if (found !== undefined) return found;
      if (outer === '') return this.#missing();
    }
  }

  #missing(): never {
    if (this.#files.has(DESCRIPTOR) && !this.#references.has(DESCRIPTOR)) {
      throw new UnsupportedSchemaError(
        `a Protobuf schema has a field with a type of ${DESCRIPTOR}, which the function does not read: register that file as a reference, see docs/migrating.md`,
      );
    }
    return wrongSchema('a field has a type that neither the schema nor its imports have');
  }
}

const within = (scope: string, name: string): string => (scope === '' ? name : `${scope}.${name}`);

function enumDefault({ names }: EnumType, written: string | undefined): number {
  const [first = 0] = names.keys();
  return [...names].find(([, name]) => name === written)?.[0] ?? first;
}

function defaultOf(kind: ScalarKind, written: string | undefined): Scalar {
  switch (kind) {
    case 'string':
      return written ?? '';
    case 'bytes':
      return Buffer.from(written ?? '', 'latin1');
    case 'bool':
      return written === 'true';
    case 'float':
    case 'double':
      return Number(written?.replace('inf', 'Infinity') ?? 0);
    default: {
      const [, sign = '', digits = '0'] = /^(-?)(\d+|0[xX][\da-fA-F]+)$/.exec(written ?? '0') ?? [];
      const magnitude = BigInt(digits.replace(/^0(?=[0-7])/, '0o'));
      const whole = BigInt.asIntN(64, sign === '-' ? -magnitude : magnitude);
      return kind.endsWith('64') ? whole : Number(BigInt.asIntN(32, whole));
    }
  }
}
