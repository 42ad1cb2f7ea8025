import {
  messageAt,
  takeMessageIndexes,
} from '../../../functions/documentdb-sink/connector/registry/protobuf/compile-protobuf.ts';
import { isMap } from '../../../functions/documentdb-sink/connector/registry/protobuf/connect-types.ts';
import type { LinkedFile } from '../../../functions/documentdb-sink/connector/registry/protobuf/link.ts';
import { readMessage } from '../../../functions/documentdb-sink/connector/registry/protobuf/read-message.ts';
import { type Field, Message, type Raw } from '../../../functions/documentdb-sink/connector/registry/protobuf/types.ts';

/**
 * A message of Protobuf as JSON text. AWS does not document its form. Chosen here: Protobuf's JSON mapping with its own names
 * (`lowerCamelCase`), without fields that have their default. A message of `google.protobuf`, such as Timestamp, is written with its fields.
 * https://protobuf.dev/programming-guides/json/
 * @param content begins with the list of indexes that names the message
 * @throws UnconvertibleError when the bytes do not fit the schema
 */
export function protobufJson(file: LinkedFile, content: Buffer): string {
  const { indexes, rest } = takeMessageIndexes(content);
  return JSON.stringify(objectOf(readMessage(messageAt(file, indexes), rest)));
}

function objectOf(message: Message): object {
  const isShown = (field: Field) => message.has(field) && (hasPresence(field) || message.get(field) !== field.default);
  const shown = message.type.fields.filter(isShown);
  return Object.fromEntries(shown.map((field) => [jsonName(field.name), jsonValueOf(field, message.get(field))]));
}

/** A field whose default is seen only where it was written. */
const hasPresence = (field: Field): boolean =>
  field.kind === 'message' || field.isRepeated || field.optional !== undefined || field.oneof !== undefined;

function jsonValueOf(field: Field, raw: Raw): unknown {
  const entries: readonly Raw[] = Array.isArray(raw) ? raw : [];
  if (isMap(field))
    return Object.fromEntries(entries.flatMap((entry) => (entry instanceof Message ? [pairOf(entry)] : [])));
  return field.isRepeated ? entries.map((entry) => singleOf(field, entry)) : singleOf(field, raw);
}

function pairOf(entry: Message): readonly [key: string, value: unknown] {
  const [key, value] = entry.type.fields;
  return [key ? String(singleOf(key, entry.get(key))) : '', value && singleOf(value, entry.get(value))];
}

function singleOf(field: Field, raw: Raw): unknown {
  if (raw instanceof Message) return objectOf(raw);
  if (Buffer.isBuffer(raw)) return raw.toString('base64');
  if (field.kind === 'enum') return field.type.names.get(Number(raw)) ?? raw;
  if (typeof raw === 'bigint') return String(isUnsigned(field) ? BigInt.asUintN(64, raw) : raw);
  if (typeof raw !== 'number') return raw;
  if (!Number.isFinite(raw)) return String(raw);
  return isUnsigned(field) ? raw >>> 0 : raw;
}

const isUnsigned = ({ kind }: Field): boolean => ['uint32', 'fixed32', 'uint64', 'fixed64'].includes(kind);

const jsonName = (name: string): string => name.replace(/_+(.?)/g, (_all, letter: string) => letter.toUpperCase());
