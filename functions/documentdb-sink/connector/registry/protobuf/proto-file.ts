import { UnsupportedSchemaError } from '../errors.ts';
import { optionName, parametersOf, readOptions, textOf } from './options.ts';
import { Tokens, wrongSchema } from './tokens.ts';

/** What a `.proto` text says of messages and enums. Services, extensions and groups are left out, as Confluent's library leaves them out. */
export interface ProtoFile {
  readonly syntax: 'proto2' | 'proto3';
  /** Empty: none. */
  readonly package: string;
  readonly imports: readonly string[];
  /** In the order of the text, which numbers the messages. */
  readonly types: readonly TypeDeclaration[];
  /** The one file that the text passes on, where it has nothing of its own. */
  readonly standsFor: string | undefined;
  /** Whether texts that are not UTF-8 are refused. */
  readonly checksUtf8: boolean;
}

export type TypeDeclaration = MessageDeclaration | EnumDeclaration;

export interface MessageDeclaration {
  readonly kind: 'message';
  readonly name: string;
  readonly types: readonly TypeDeclaration[];
  readonly oneofs: readonly string[];
  readonly fields: readonly FieldDeclaration[];
}

export interface EnumDeclaration {
  readonly kind: 'enum';
  readonly name: string;
  /** A number may have several names: the first is its own. */
  readonly values: readonly (readonly [name: string, number: number])[];
}

export interface FieldDeclaration {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  /** `map<key, type>`; undefined for other fields. */
  readonly mapKey: string | undefined;
  readonly label: Label | undefined;
  readonly oneof: string | undefined;
  readonly default: string | undefined;
  /** Of Confluent's `field_meta`. */
  readonly parameters: ReadonlyMap<string, string>;
}

const LABELS = ['optional', 'required', 'repeated'] as const;
export type Label = (typeof LABELS)[number];

/**
 * https://protobuf.dev/reference/protobuf/proto3-spec/ and proto2-spec
 * @throws UnconvertibleError when it is none, UnsupportedSchemaError for an edition
 */
export function parseProto(source: string): ProtoFile {
  const tokens = new Tokens(source);
  let syntax: ProtoFile['syntax'] = 'proto2';
  let pack = '';
  let checksUtf8 = false;
  let isAlone = true;
  const imports: string[] = [];
  const passedOn: string[] = [];
  const types: TypeDeclaration[] = [];
  while (tokens.next.kind !== 'end') {
    if (tokens.takes(';')) continue;
    switch (tokens.word()) {
      case 'syntax':
        syntax = readSyntax(tokens);
        break;
      case 'edition':
        throw new UnsupportedSchemaError(
          'a Protobuf schema is written in an edition, which the function does not read: register it with syntax = "proto3", see docs/migrating.md',
        );
      case 'package':
        pack = tokens.word();
        tokens.expect(';');
        break;
      case 'import': {
        const isPublic = tokens.takes('public');
        tokens.takes('weak');
        const name = tokens.string();
        (isPublic ? passedOn : imports).push(name);
        tokens.expect(';');
        break;
      }
      case 'message':
        types.push(readMessage(tokens));
        break;
      case 'enum':
        types.push(readEnum(tokens));
        break;
      case 'extend':
      case 'service':
        isAlone = false;
        tokens.skipBlock();
        break;
      case 'option':
        if (isUtf8Option(tokens)) checksUtf8 = true;
        break;
      default:
        return wrongSchema('it has a statement that is none of the language');
    }
  }
  const passesOnAlone = isAlone && types.length === 0 && imports.length === 0 && passedOn.length === 1;
  return {
    syntax,
    package: pack,
    imports: [...imports, ...passedOn],
    types,
    standsFor: passesOnAlone ? passedOn[0] : undefined,
    checksUtf8: checksUtf8 || syntax === 'proto3',
  };
}

function readSyntax(tokens: Tokens): ProtoFile['syntax'] {
  tokens.expect('=');
  const syntax = tokens.string();
  tokens.expect(';');
  return syntax === 'proto2' || syntax === 'proto3' ? syntax : wrongSchema('its syntax is neither proto2 nor proto3');
}

function isUtf8Option(tokens: Tokens): boolean {
  const name = optionName(tokens);
  tokens.expect('=');
  const isSet = tokens.next.text === 'true';
  tokens.skipStatement();
  return isSet && name === 'java_string_check_utf8';
}

function readMessage(tokens: Tokens): MessageDeclaration {
  const name = tokens.word();
  const types: TypeDeclaration[] = [];
  const oneofs: string[] = [];
  const fields: FieldDeclaration[] = [];
  tokens.expect('{');
  while (!tokens.takes('}')) {
    if (tokens.takes(';')) continue;
    if (tokens.takes('message')) types.push(readMessage(tokens));
    else if (tokens.takes('enum')) types.push(readEnum(tokens));
    else if (tokens.takes('extend')) tokens.skipBlock();
    else if (tokens.takes('oneof')) oneofs.push(readOneof(tokens, fields));
    else if (['option', 'reserved', 'extensions'].some((word) => tokens.takes(word))) tokens.skipStatement();
    else readField(tokens, fields, undefined);
  }
  return { kind: 'message', name, types, oneofs, fields };
}

function readOneof(tokens: Tokens, fields: FieldDeclaration[]): string {
  const name = tokens.word();
  tokens.expect('{');
  while (!tokens.takes('}')) {
    if (tokens.takes(';')) continue;
    if (tokens.takes('option')) tokens.skipStatement();
    else readField(tokens, fields, name);
  }
  return name;
}

function readField(tokens: Tokens, fields: FieldDeclaration[], oneof: string | undefined): void {
  const label = LABELS.find((each) => tokens.takes(each));
  let type = tokens.word();
  if (type === 'group') {
    tokens.skipBlock();
    return;
  }
  let mapKey: string | undefined;
  if (type === 'map' && tokens.takes('<')) {
    mapKey = tokens.word();
    tokens.expect(',');
    type = tokens.word();
    tokens.expect('>');
  }
  const name = tokens.word();
  tokens.expect('=');
  const number = tokens.integer();
  const options = readOptions(tokens);
  tokens.expect(';');
  const parameters = parametersOf(options);
  fields.push({ name, number, type, mapKey, label, oneof, default: textOf(options, 'default'), parameters });
}

function readEnum(tokens: Tokens): EnumDeclaration {
  const name = tokens.word();
  const values: (readonly [string, number])[] = [];
  tokens.expect('{');
  while (!tokens.takes('}')) {
    if (tokens.takes(';')) continue;
    if (tokens.takes('option') || tokens.takes('reserved')) {
      tokens.skipStatement();
      continue;
    }
    const value = tokens.word();
    tokens.expect('=');
    values.push([value, tokens.integer()]);
    readOptions(tokens);
    tokens.expect(';');
  }
  return { kind: 'enum', name, values };
}
