import { anyText, choice, flag, wholeNumber } from '../forms.ts';
import { implemented, type Property, perTopic } from '../property.ts';

/** Properties that this project adds to those of the connector. */
export const ADDED_PROPERTIES: readonly Property[] = [
  implemented('msksinks.strict', {
    form: flag,
    default: 'false',
    description: 'Reports unknown property names as errors. Kafka Connect ignores them.',
  }),
  perTopic('msksinks.guard', {
    form: choice('offset', 'timestamp', 'field'),
    default: 'offset',
    description:
      "How the newer of two writes is determined. `offset`: by offset, within a partition. `timestamp`: also by the record's timestamp. `field`: also by a field of the value. Use `timestamp` or `field` where records of one document come from several partitions.",
  }),
  perTopic('msksinks.guard.field', {
    form: anyText,
    description: 'Path of the version field, for `msksinks.guard=field`. The field must hold a number or a date.',
  }),
  implemented('msksinks.guard.epoch.*', {
    form: wholeNumber('epochs', 0, 32_767),
    default: '0',
    description:
      'Epoch of the topic named after the last dot of this prefix. Increase the epoch by one when the topic is deleted and created again: its offsets then start at 0 and would be stale.',
  }),
  implemented('msksinks.guard.missingIndex', {
    form: choice('write', 'deadletter', 'block'),
    default: 'write',
    description:
      'What happens to a record that cannot be guarded, because no unique index covers exactly the fields of its filter. `write`: sends the write without a guard, as the connector does, and counts it in `UnguardedWrites`. `deadLetter`: writes a dead letter to S3. `block`: holds the lane until the index exists.',
  }),
  implemented('msksinks.deletes', {
    form: choice('hard', 'tombstone'),
    default: 'hard',
    description:
      'How documents are deleted. `hard`: removes the document, as the connector does. `tombstone`: replaces the document by a tombstone, so that an older write cannot restore it.',
  }),
  implemented('msksinks.deletes.tombstone.ttl.seconds', {
    form: wholeNumber('seconds', 3_600),
    default: '2592000',
    description: "Lifetime of a tombstone document. Must not be shorter than the topic's retention.",
  }),
  perTopic('msksinks.writemodel.upsert', {
    form: flag,
    default: 'true',
    description: 'Whether replacements and updates of write model strategies insert a missing document.',
  }),
  implemented('msksinks.update.unmatched', {
    form: choice('ignore', 'deadletter'),
    default: 'ignore',
    description:
      'What happens to a write without upsert whose document is missing. `ignore`: counts the record. `deadLetter`: writes a dead letter to S3.',
  }),
  perTopic('msksinks.cdc.truncated.arrays', {
    form: choice('ignore', 'apply'),
    default: 'ignore',
    description:
      'MongoDB change streams: whether `truncatedArrays` is applied. `ignore`: arrays keep their length, as in the connector.',
  }),
  perTopic('msksinks.cdc.full.document.null', {
    form: choice('error', 'update'),
    default: 'error',
    description:
      'MongoDB change streams: how to handle an update whose `fullDocument` is null. `error`: the record is poison. `update`: applies `updateDescription`.',
  }),
  perTopic('msksinks.cdc.disambiguated.paths', {
    form: choice('ignore', 'refuse'),
    default: 'ignore',
    description:
      'MongoDB change streams: how to handle an update of a field whose name contains a dot. `ignore`: updates a nested field instead, as the connector does. `refuse`: the record is poison.',
  }),
  perTopic('msksinks.cdc.cleared.columns', {
    form: choice('keep', 'unset'),
    default: 'keep',
    description: 'Qlik: whether an update removes document fields of columns that it no longer contains.',
  }),
  perTopic('msksinks.cdc.unknown.operation', {
    form: choice('error', 'ignore'),
    default: 'error',
    description:
      "How to handle a change event with an unknown operation, such as Debezium's `t` and `m`. `error`: the record is poison. `ignore`: counts the record and ignores it.",
  }),
  perTopic('msksinks.timeseries.ordinary.collection', {
    form: flag,
    default: 'true',
    description:
      'Whether `timeseries.timefield` is accepted although DocumentDB has no time series collections. `true`: inserts the same documents into an ordinary collection. `false`: packaging fails.',
  }),
];
