import { poison } from '../../../../shared/outcome.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import type { MutableDocument, SinkDocument } from '../../bson/sink-document.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import type { RecordMapper, WritePlan } from '../../plan/record-mapper.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import { documentFrom } from '../converters/create-converter.ts';
import { mappersByTopic, unnamedTopic } from '../create-record-mapper.ts';
import type { CustomStrategies } from '../custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../custom/registry.ts';
import type { Connector } from '../file/connector.ts';
import { createDocumentMapper } from '../topic-mapper.ts';
import { type ConnectConverter, createConnectConverter } from './connect-converter.ts';
import type { ConnectRecord, Side } from './connect-record.ts';
import { createChain } from './create-chain.ts';
import { bsonOf, connectDataOf } from './data/to-document.ts';

/** A record with the topic that its transforms assigned; `position.topicPartition` keeps the original one. */
interface TransformedRecord extends SourceRecord {
  readonly connect: ConnectRecord;
}

type Converters = ReadonlyMap<Side, ConnectConverter>;

export interface TransformedMapper {
  readonly mapper: RecordMapper;
  /**
   * Properties under `transforms` and `predicates` that no transform reads, in the form in which packaging lists them.
   */
  readonly ignored: readonly string[];
}

/**
 * The mapper for a connector file with transforms: converters, transforms, and then the mapper of the topic that the
 * transforms assigned.
 * @param where the file, for errors
 * @param converters replace those that the file names
 * @throws SettingsError that lists every property that cannot be followed
 */
export function createTransformedMapper(
  connector: Connector,
  where: string,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
  converters: Converters = new Map(),
): TransformedMapper {
  const isStrict = connector.properties.flag('msksinks.strict');
  const { transform, ignored } = createChain(connector.transforms, where, custom.transforms, isStrict);
  const mappers = mappersByTopic(connector, where, (topic, properties) =>
    createDocumentMapper<TransformedRecord>(topic, properties, { custom, documentOf }),
  );
  const connectRecordOf = createRecordMaker(connector, converters);
  const decide: RecordMapper = (record, wallTimeMs) => {
    if (!mappers.has(record.position.topic)) return unnamedTopic(record.position.topic);
    const source = connectRecordOf(record);
    // Kafka Connect's worker converts both sides before the first transform.
    source.key();
    source.value();
    const connect = transform(source);
    if (connect === undefined) return { kind: 'none', reason: 'filtered' };
    const mapper = mappers.get(connect.topic);
    if (mapper === undefined)
      throw new UnwritableError('the transforms route the record to a topic that `topics` does not list');
    return mapper(transformed(record, connect), wallTimeMs);
  };
  return { mapper: (record, wallTimeMs) => poisonInstead(() => decide(record, wallTimeMs)), ignored };
}

function poisonInstead(decide: () => WritePlan): WritePlan {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof UnwritableError || error instanceof UnconvertibleError)) throw error;
    const failure = poison('payload_invalid', error.message);
    return { kind: 'poison', namespace: undefined, filter: undefined, failure };
  }
}

function createRecordMaker({ properties }: Connector, converters: Converters): (record: SourceRecord) => ConnectRecord {
  const convert = {
    key: converters.get('key') ?? createConnectConverter(properties, 'key'),
    value: converters.get('value') ?? createConnectConverter(properties, 'value'),
  };
  return (record) => ({
    topic: record.position.topic,
    partition: record.position.partition,
    offset: record.position.offset,
    timestampMs: record.timestampMs === -1 ? undefined : record.timestampMs,
    key: once(() => convert.key(record.key)),
    value: once(() => convert.value(record.value)),
    headers: record.headers,
  });
}

const transformed = (record: SourceRecord, connect: ConnectRecord): TransformedRecord => ({
  ...record,
  position: { ...record.position, topic: connect.topic },
  /** The transforms decide whether the record has a key. */
  get key() {
    return connect.key().value === null ? null : record.key;
  },
  connect,
});

const documentOf = ({ connect }: TransformedRecord): SinkDocument => ({
  key: documentOfSide(connect, 'key'),
  value: documentOfSide(connect, 'value'),
  rawKey: () => {
    const { schema, value } = connect.key();
    return bsonOf(value, schema) ?? undefined;
  },
});

const documentOfSide = (connect: ConnectRecord, side: Side): (() => MutableDocument | undefined) =>
  once(() => documentFrom(side, () => connectDataOf(connect[side]())));

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
