import { isUtf8 } from 'node:buffer';
import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { decodeUtf8 } from '../../../java/text/utf8.ts';
import { NESTING_MAX } from '../../../limits.ts';
import { DefaultsBudget } from '../../converters/defaults-budget.ts';
import { malformed, ProtobufInput, WIRE } from './protobuf-input.ts';
import { type Field, Message, type MessageType, type Raw, type Scalar, type ScalarKind } from './types.ts';

/**
 * A message as `DynamicMessage.parseFrom` reads it: fields without a place in the schema, or in another form than
 * it says, are passed over; of a field that comes twice, the last counts, and messages are put together.
 * @throws UnconvertibleError when the bytes are no message, or one lacks a required field
 */
export function readMessage(type: MessageType, bytes: Buffer): Message {
  const message = new Message(type, new DefaultsBudget());
  readFields(message, new ProtobufInput(bytes), 0);
  requireFields(message);
  return message;
}

function readFields(message: Message, input: ProtobufInput, depth: number): void {
  while (!input.isAtEnd()) {
    const { number, wire } = input.tag();
    const field = message.type.fieldOf.get(number);
    const own = field && wireOf(field);
    if (field !== undefined && wire === own) readField(message, field, input, depth);
    else if (field?.isRepeated && wire === WIRE.bytes) readPacked(message, field, input.bytes());
    else if (!skip(input, number, wire, depth)) malformed();
  }
}

function readPacked(message: Message, field: Field, bytes: Buffer): void {
  const input = new ProtobufInput(bytes);
  while (!input.isAtEnd()) readField(message, field, input, 0);
}

function readField(message: Message, field: Field, input: ProtobufInput, depth: number): void {
  if (field.kind === 'message') {
    if (depth >= NESTING_MAX) tooDeep();
    const old = message.has(field) ? message.get(field) : undefined;
    const inner = old instanceof Message ? old : message.inner(field.type);
    readFields(inner, new ProtobufInput(input.bytes()), depth + 1);
    put(message, field, inner);
    return;
  }
  if (field.kind === 'enum') {
    const number = input.varint32();
    if (!field.isClosed || field.type.names.has(number)) put(message, field, number);
    return;
  }
  put(
    message,
    field,
    field.kind === 'string' ? textOf(input.bytes(), field.checksUtf8) : readScalar(field.kind, input),
  );
}

function put(message: Message, field: Field, value: Raw): void {
  if (field.isRepeated) message.add(field, value);
  else message.set(field, value);
}

const textOf = (bytes: Buffer, checksUtf8: boolean): string =>
  checksUtf8 && !isUtf8(bytes) ? malformed() : decodeUtf8(bytes);

function readScalar(kind: Exclude<ScalarKind, 'string'>, input: ProtobufInput): Scalar {
  switch (kind) {
    case 'int32':
    case 'uint32':
      return input.varint32();
    case 'sint32':
      return input.zigzag32();
    case 'int64':
    case 'uint64':
      return input.varint64();
    case 'sint64':
      return input.zigzag64();
    case 'fixed32':
    case 'sfixed32':
      return input.fixed32();
    case 'fixed64':
    case 'sfixed64':
      return input.fixed64();
    case 'float':
      return input.float();
    case 'double':
      return input.double();
    case 'bool':
      return input.varint64() !== 0n;
    case 'bytes':
      return input.bytes();
  }
}

function wireOf({ kind }: Field): number {
  switch (kind) {
    case 'string':
    case 'bytes':
    case 'message':
      return WIRE.bytes;
    case 'fixed32':
    case 'sfixed32':
    case 'float':
      return WIRE.fixed32;
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return WIRE.fixed64;
    default:
      return WIRE.varint;
  }
}

/** @returns false at the end of a group */
function skip(input: ProtobufInput, number: number, wire: number, depth: number): boolean {
  switch (wire) {
    case WIRE.varint:
      input.varint64();
      return true;
    case WIRE.fixed64:
      input.fixed64();
      return true;
    case WIRE.bytes:
      input.bytes();
      return true;
    case WIRE.startGroup:
      skipGroup(input, number, depth);
      return true;
    case WIRE.endGroup:
      return false;
    case WIRE.fixed32:
      input.fixed32();
      return true;
    default:
      return malformed();
  }
}

function skipGroup(input: ProtobufInput, number: number, depth: number): void {
  if (depth >= NESTING_MAX) tooDeep();
  let inner = input.tag();
  while (skip(input, inner.number, inner.wire, depth + 1)) inner = input.tag();
  if (inner.number !== number) malformed();
}

const tooDeep = (): never => {
  throw new UnconvertibleError(`the value is nested deeper than ${NESTING_MAX} levels`);
};

function requireFields(message: Message): void {
  for (const field of message.type.fields) {
    if (field.isRequired && !message.has(field))
      throw new UnconvertibleError('the value lacks a field that its Protobuf schema requires');
  }
  for (const value of message.values()) {
    for (const each of Array.isArray(value) ? (value as readonly Raw[]) : [value])
      if (each instanceof Message) requireFields(each);
  }
}
