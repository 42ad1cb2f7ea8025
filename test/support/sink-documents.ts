import type { MutableDocument, SinkDocument } from '../../functions/documentdb-sink/bson/sink-document.ts';
import { DEFAULTS } from '../../functions/documentdb-sink/connector/file/properties-table.ts';
import { TopicProperties } from '../../functions/documentdb-sink/connector/topic-properties.ts';
import { readRelaxedJson } from '../../functions/documentdb-sink/json/relaxed-json.ts';
import { UnwritableError } from '../../functions/documentdb-sink/plan/unwritable-error.ts';

export const SINK = 'com.mongodb.kafka.connect.sink';

/** A topic's properties: the connector's defaults, but for what is given. */
export const topicProperties = (given: Readonly<Record<string, string>> = {}): TopicProperties =>
  new TopicProperties(new Map([...DEFAULTS, ...Object.entries(given)]));

/** A document in the shell's notation: `{_id: ObjectId("..")}`. */
export function documentOf(text: string): MutableDocument {
  const document = readRelaxedJson(text);
  if (document instanceof Map) return document;
  throw new Error('a document was meant');
}

/** A record's documents; `null` for none, `unreadable` for a text that is no document. */
export function sinkDocument(key: string | null, value: string | null): SinkDocument {
  return { key: reader(key), value: reader(value) };
}

export const UNREADABLE = 'unreadable';

function reader(text: string | null): () => MutableDocument | undefined {
  const document = text === null || text === UNREADABLE ? undefined : documentOf(text);
  return () => {
    if (text === UNREADABLE) throw new UnwritableError('it is no document');
    return document;
  };
}

/** Documents as arrays of their fields, for their order matters and a Map's equality does not see it. */
export function inOrder(value: unknown): unknown {
  if (value instanceof Map) return { fields: [...value].map(([name, content]) => [name, inOrder(content)]) };
  return Array.isArray(value) ? value.map(inOrder) : value;
}
