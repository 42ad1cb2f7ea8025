import { BSON } from 'mongodb';
import { EncodedDocument } from '../../functions/documentdb-sink/bson/encoded-document.ts';
import { readSchemalessJson } from '../../functions/documentdb-sink/connector/converters/json-converter.ts';
import { decodeUtf8 } from '../../functions/documentdb-sink/java/text/utf8.ts';
import { convertJson } from '../../functions/documentdb-sink/json/json.ts';
import { readRelaxedJson } from '../../functions/documentdb-sink/json/relaxed-json.ts';
import { EXTENDED_JSON, RELAXED_JSON, SCHEMALESS_JSON } from '../../functions/documentdb-sink/transcode/dialect.ts';
import { Transcoder } from '../../functions/documentdb-sink/transcode/transcoder.ts';
import { type Payload, payloadOf } from '../../shared/record.ts';

export const VERSION = { 'orders-0': 7n, ts: 1_700_000_000_000n };
export const payload = (text: string | Uint8Array) => payloadOf(Buffer.from(text as string).toString('base64'));

/** A way of reading JSON, and what reads it otherwise. */
export interface Way {
  readonly name: string;
  readonly transcoder: Transcoder;
  readonly read: (payload: Payload) => ReadonlyMap<string, unknown>;
}

export const ways = {
  extended: {
    name: 'extended JSON',
    transcoder: new Transcoder(EXTENDED_JSON),
    read(value) {
      const conversion = convertJson(value);
      if (!conversion.ok) throw new Error(conversion.detail);
      return conversion.document;
    },
  },
  relaxed: {
    name: 'the text of StringConverter',
    transcoder: new Transcoder(RELAXED_JSON),
    read: (value) => readRelaxedJson(decodeUtf8(Buffer.from(value.bytes()))),
  },
  schemaless: {
    name: 'JsonConverter',
    transcoder: new Transcoder(SCHEMALESS_JSON),
    read(value) {
      const data = readSchemalessJson(Buffer.from(value.bytes()));
      if (data.kind !== 'document') throw new Error(`is ${data.kind}`);
      return data.document;
    },
  },
} satisfies Readonly<Record<string, Way>>;
export const allWays: readonly Way[] = Object.values(ways);

/** The document by the straight path, in BSON; undefined if the value takes the other way. */
export function straight(
  { transcoder, read }: Way,
  text: string | Uint8Array,
  id: unknown = 'key',
): Uint8Array | undefined {
  const value = payload(text);
  const fields = transcoder.transcode(value);
  return fields && new EncodedDocument({ id, fields, value, decode: read }, VERSION).bytes();
}

/** The same document by the other way. */
export function serialized({ read }: Way, text: string | Uint8Array, id: unknown = 'key'): Uint8Array {
  const document = new Map([['_id', id]]);
  for (const [name, value] of read(payload(text))) if (name !== '_id') document.set(name, value);
  return BSON.serialize(document.set('_k', VERSION) as unknown as BSON.Document);
}

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
