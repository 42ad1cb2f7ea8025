import { mapperOfConnector } from '../../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import type { RecordMapper, WritePlan } from '../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { CaseError } from '../case-error.ts';
import { type Component, NOW_MS } from './components.ts';
import type { MongoCase } from './mongo-case.ts';
import { CUSTOM, connectorOf, topicOf } from './properties.ts';
import { encoded, recordWith } from './records.ts';

/** A record from its bytes to its writes. */
export const pipeline: Component = (vector) => {
  const [key, value] = [encoded(vector.key), encoded(vector.value)];
  const mapper = mapperOf(vector, new Map([...named('key', key.converter), ...named('value', value.converter)]));
  const offset = Number(vector.record.get('offset') ?? 0);
  const content = { topic: topicOf(vector), offset, key: key.payload, value: value.payload };
  const plan = mapper(recordWith(content, vector.record), NOW_MS);
  switch (plan.kind) {
    case 'write':
      return { kind: 'models', models: plan.models };
    case 'none':
      return { kind: 'models', models: [] };
    case 'poison':
    case 'unsettled':
      throw new PoisonError(plan);
  }
};

/** A case's own converters come first. */
const named = (side: string, converter: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
  [...converter].map(([name, text]) => [`${side}.${name}`, text]);

export class PoisonError extends Error {
  constructor({ failure }: WritePlan & { readonly kind: 'poison' | 'unsettled' }) {
    super(failure.detail);
  }
}

export function mapperOf(vector: MongoCase, additions: ReadonlyMap<string, string>): RecordMapper {
  return mapperOfConnector(connectorOf(vector, additions), 'the configuration', CUSTOM).mapper;
}

/** `{"$$records": [..]}` */
export function listIn(content: unknown, name: string): readonly unknown[] {
  const list = content instanceof Map ? content.get(name) : undefined;
  if (Array.isArray(list)) return list;
  throw new CaseError('failed', `the case is malformed: it has no list ${name}`);
}

const STRINGS = new Map(
  ['key', 'value'].map((side) => [`${side}.converter`, 'org.apache.kafka.connect.storage.StringConverter']),
);

export const stringMapperOf = (vector: MongoCase): RecordMapper => mapperOf(vector, STRINGS);

export const textRecord = (topic: string, offset: number, text: string): SourceRecord => {
  const { payload } = encoded(text);
  return recordWith({ topic, offset, key: payload, value: payload });
};
