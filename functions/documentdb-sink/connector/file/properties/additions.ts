import { anyText, choice, flag, wholeNumber } from '../forms.ts';
import { implemented, type Property, perTopic } from '../property.ts';

/** What this project adds to the connector's properties. */
export const ADDED_PROPERTIES: readonly Property[] = [
  implemented('msksinks.strict', {
    form: flag,
    default: 'false',
    description: 'Whether a name that Kafka Connect would ignore is an error.',
  }),
  perTopic('msksinks.guard', {
    form: choice('offset', 'timestamp', 'field'),
    default: 'offset',
    description:
      "What says which of two writes is newer. Within a partition always the offset; `timestamp` adds the record's timestamp, `field` a field of the value: needed where a document's records come in several partitions.",
  }),
  perTopic('msksinks.guard.field', { form: anyText, description: 'The path of that field: a number or a date.' }),
  implemented('msksinks.guard.epoch.*', {
    form: wholeNumber('epochs', 0, 32_767),
    default: '0',
    description:
      'Of the topic whose name follows: count up when a topic is made anew under its name, so that its offsets, which begin again, are newer.',
  }),
  implemented('msksinks.guard.missingIndex', {
    form: choice('write', 'deadletter', 'block'),
    default: 'write',
    description:
      'What becomes of a record that cannot be guarded, because no unique index has exactly the fields of its filter: `write` sends it as the connector does, and counts it (`UnguardedWrites`); `deadLetter` writes a letter; `block` holds it back.',
  }),
  implemented('msksinks.deletes', {
    form: choice('hard', 'tombstone'),
    default: 'hard',
    description:
      'How documents are deleted: `hard` as the connector does; `tombstone` leaves a mark, so that an older write cannot bring them back.',
  }),
  implemented('msksinks.deletes.tombstone.ttl.seconds', {
    form: wholeNumber('seconds', 3_600),
    default: '2592000',
    description: "How long a tombstone stays. Not shorter than the topic's retention.",
  }),
  perTopic('msksinks.writemodel.upsert', {
    form: flag,
    default: 'true',
    description: 'Whether replacements and updates of write model strategies make a document that is absent.',
  }),
  implemented('msksinks.update.unmatched', {
    form: choice('ignore', 'deadletter'),
    default: 'ignore',
    description:
      'What becomes of a write without upsert whose document is absent: `ignore` counts it, `deadLetter` writes a letter.',
  }),
  perTopic('msksinks.cdc.truncated.arrays', {
    form: choice('ignore', 'apply'),
    default: 'ignore',
    description:
      'MongoDB change streams: whether `truncatedArrays` is applied. The connector leaves the array as long as it was.',
  }),
  perTopic('msksinks.cdc.full.document.null', {
    form: choice('error', 'update'),
    default: 'error',
    description:
      'MongoDB change streams: an update whose `fullDocument` is null is an error, or is made from its updateDescription.',
  }),
  perTopic('msksinks.cdc.disambiguated.paths', {
    form: choice('ignore', 'refuse'),
    default: 'ignore',
    description:
      'MongoDB change streams: whether a change to a field whose name has a dot is refused. The connector changes another field then.',
  }),
  perTopic('msksinks.cdc.cleared.columns', {
    form: choice('keep', 'unset'),
    default: 'keep',
    description: 'Qlik: whether a column that an update no longer has is removed from the document.',
  }),
  perTopic('msksinks.cdc.unknown.operation', {
    form: choice('error', 'ignore'),
    default: 'error',
    description:
      "Whether a change event of another kind (Debezium's `t` and `m`) is an error, or is counted and passed over.",
  }),
  perTopic('msksinks.timeseries.ordinary.collection', {
    form: flag,
    default: 'true',
    description:
      'Whether a `timeseries.timefield` is taken although the collection is an ordinary one: the same documents, inserted. `false` refuses it.',
  }),
];
