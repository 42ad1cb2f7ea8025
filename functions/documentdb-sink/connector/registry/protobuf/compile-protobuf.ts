import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import type { ReadValue } from '../schema-store.ts';
import { type ConnectType, connectTypeOf } from './connect-types.ts';
import { type LinkedFile, type LinkedMessage, linkProto } from './link.ts';
import { malformed, ProtobufInput } from './protobuf-input.ts';
import type { ProtobufOptions } from './protobuf-options.ts';
import { readMessage } from './read-message.ts';
import type { Message, MessageType } from './types.ts';

interface Reader {
  readonly type: MessageType;
  readonly connect: ConnectType<Message>;
}

/**
 * Reads values as Confluent's ProtobufConverter does.
 * @param references texts by the names under which `import` asks for them
 * @throws UnconvertibleError when the text is wrong, UnsupportedSchemaError for what the function does not read
 */
export function compileProtobuf(
  text: string,
  references: ReadonlyMap<string, string>,
  options: ProtobufOptions,
): ReadValue {
  const file = linkProto(text, references);
  const readers = new Map<string, Reader>();
  return (content) => {
    const { indexes, rest } = takeMessageIndexes(content);
    const key = indexes.join();
    const reader = readers.get(key) ?? readerOf(messageAt(file, indexes), options);
    readers.set(key, reader);
    const { schema, read } = reader.connect;
    return { schema, value: read(readMessage(reader.type, rest)) };
  };
}

const readerOf = (type: MessageType, options: ProtobufOptions): Reader => ({
  type,
  connect: connectTypeOf(type, options),
});

export function messageAt(file: LinkedFile, indexes: readonly number[]): MessageType {
  let messages = file.messages;
  let found: LinkedMessage | undefined;
  for (const index of indexes) {
    found = messages[index];
    messages = found?.messages ?? [];
  }
  if (found === undefined) throw new UnconvertibleError('the value names a message that its Protobuf schema has not');
  return found.type;
}

/** No schema nests messages deeper. */
const INDEXES_MAX = 100;

/**
 * Which message of the schema a value is: its place in the text, then its place in that message, and so on. A list
 * without elements means the first message.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 * @throws UnconvertibleError when the bytes are no such list
 */
export function takeMessageIndexes(content: Buffer): { readonly indexes: readonly number[]; readonly rest: Buffer } {
  const input = new ProtobufInput(content);
  const size = input.zigzag32();
  if (size < 0 || size > INDEXES_MAX) return malformed();
  const indexes = Array.from({ length: size }, () => input.zigzag32());
  return { indexes: size === 0 ? [0] : indexes, rest: input.rest() };
}
