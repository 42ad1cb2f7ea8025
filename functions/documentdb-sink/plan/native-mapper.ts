import { assert } from '../../../shared/errors.ts';
import { poison } from '../../../shared/outcome.ts';
import type { Payload } from '../../../shared/record.ts';
import type { BsonDocument } from '../bson/bson-document.ts';
import { EncodedDocument } from '../bson/encoded-document.ts';
import { convertJson } from '../json/json.ts';
import { EXTENDED_JSON } from '../transcode/dialect.ts';
import { Transcoder } from '../transcode/transcoder.ts';
import { idFromKey } from './key.ts';
import { type Namespace, type NamespaceSettings, namespaceOf } from './namespace.ts';
import type { RecordMapper, WritePlan } from './record-mapper.ts';
import type { WriteModel } from './write-model.ts';

/**
 * The mapper for a function without a connector file: the raw key is `_id`, the value is extended JSON, and a null
 * value deletes.
 */
export function createNativeMapper(settings: NamespaceSettings): RecordMapper {
  const namespaces = new Map<string, Namespace>();
  const transcoder = new Transcoder(EXTENDED_JSON);
  return (record) => {
    const { topic } = record.position;
    const namespace = namespaces.get(topic) ?? namespaceOf(topic, settings);
    namespaces.set(topic, namespace);
    const id = idFromKey(record);
    if (id === undefined) return poisoned(namespace, undefined, '_id is missing: the record has no key');
    const filter = new Map([['_id', id]]);
    if (record.value === null) return written(namespace, { kind: 'deleteOne', filter });
    const { value } = record;
    const fields = transcoder.transcode(value);
    if (fields !== undefined) {
      const replacement = new EncodedDocument({ id, fields, value, decode: documentOf });
      return written(namespace, { kind: 'replaceOne', filter, replacement, upsert: true });
    }
    const conversion = convertJson(value);
    if (!conversion.ok) return poisoned(namespace, filter, conversion.detail);
    // The key replaces the value's own `_id`.
    conversion.document.set('_id', id);
    return written(namespace, { kind: 'replaceOne', filter, replacement: conversion.document, upsert: true });
  };
}

/** What was encoded can be converted. */
function documentOf(value: Payload): BsonDocument {
  const conversion = convertJson(value);
  assert(conversion.ok, 'a value that was encoded can be converted');
  return conversion.document;
}

const written = (namespace: Namespace, model: WriteModel): WritePlan => ({
  kind: 'write',
  namespace,
  models: [model],
  version: undefined,
});

const poisoned = (namespace: Namespace, filter: BsonDocument | undefined, detail: string): WritePlan => ({
  kind: 'poison',
  namespace,
  filter,
  failure: poison('payload_invalid', detail),
});
