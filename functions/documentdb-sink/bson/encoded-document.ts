import type { Payload } from '../../../shared/record.ts';
import type { BsonDocument } from './bson-document.ts';
import { type BsonElements, BsonWriter, Encoded } from './bson-writer.ts';

export interface EncodedParts {
  readonly id: unknown;
  /** All fields but `_id`. */
  readonly fields: BsonElements;
  readonly value: Payload;
  /** The value as a document; called when somebody asks for a field. */
  readonly decode: (value: Payload) => BsonDocument;
}

type Version = Readonly<Record<string, unknown>>;

/**
 * A document that exists as BSON, and as values only if somebody asks for them: most documents are sent as they are.
 * `_id` comes first, and the stored version last.
 */
export class EncodedDocument extends Encoded implements BsonDocument {
  readonly #parts: EncodedParts;
  readonly #version: Version | undefined;
  #values: BsonDocument | undefined;

  constructor(parts: EncodedParts, version?: Version) {
    super();
    this.#parts = parts;
    this.#version = version;
  }

  /** The same document with the version in `_k`. */
  withVersion(version: Version): EncodedDocument {
    return new EncodedDocument(this.#parts, version);
  }

  /** The number of bytes in BSON besides `_id` and `_k`. */
  get fieldBytes(): number {
    const { start, end } = this.#parts.fields;
    return end - start;
  }

  /** The whole document in BSON. */
  bytes(): Uint8Array {
    const writer = new BsonWriter(this.fieldBytes);
    writer.document(() => this.writeTo(writer));
    return writer.written();
  }

  override writeTo(writer: BsonWriter): void {
    writer.element('_id', this.#parts.id);
    writer.elements(this.#parts.fields);
    if (this.#version !== undefined) writer.element('_k', this.#version);
  }

  get size(): number {
    return this.#asValues().size;
  }

  get(name: string): unknown {
    return name === '_id' ? this.#parts.id : this.#asValues().get(name);
  }

  has(name: string): boolean {
    return name === '_id' || this.#asValues().has(name);
  }

  forEach(visit: (value: unknown, name: string, document: ReadonlyMap<string, unknown>) => void): void {
    this.#asValues().forEach(visit);
  }

  keys() {
    return this.#asValues().keys();
  }

  values() {
    return this.#asValues().values();
  }

  entries() {
    return this.#asValues().entries();
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  #asValues(): BsonDocument {
    this.#values ??= this.#decode();
    return this.#values;
  }

  #decode(): BsonDocument {
    const { id, value: payload, decode } = this.#parts;
    const document = new Map([['_id', id]]);
    for (const [name, value] of decode(payload)) if (name !== '_id') document.set(name, value);
    return this.#version === undefined ? document : document.set('_k', this.#version);
  }
}
