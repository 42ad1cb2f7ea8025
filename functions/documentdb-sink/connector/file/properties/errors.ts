import { choice, flag, orEmpty, topics, wholeNumber } from '../forms.ts';
import { implemented, meaningless, type Property } from '../property.ts';

const TOLERANCE = choice('none', 'data', 'all');
const LOGGED =
  'the function always counts and logs failures by reason, and never logs payloads (docs/guarantees.md, G7)';
/** Kafka Connect takes every long: https://github.com/apache/kafka/blob/4.3.1/connect/runtime/src/main/java/org/apache/kafka/connect/runtime/ConnectorConfig.java */
const MILLISECONDS = wholeNumber('milliseconds', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const RETRIED = 'the function retries every outage until it ends';

/** Properties that decide what happens to failed records. */
export const ERROR_PROPERTIES: readonly Property[] = [
  implemented('errors.tolerance', {
    form: TOLERANCE,
    default: 'none',
    description:
      'What happens to a record that can never be written. `none`: holds the lane, or the partition if the document is not known, until the record is fixed or skipped. `all` and `data`: write a dead letter to S3. An outage never makes a dead letter.',
  }),
  implemented('mongo.errors.tolerance', {
    form: orEmpty(TOLERANCE),
    description: 'Takes precedence over errors.tolerance.',
  }),
  implemented('errors.deadletterqueue.topic.name', {
    form: orEmpty(topics),
    description: 'Dead letters always go to S3. Their field `deadLetterTopic` holds this name.',
  }),
  meaningless('errors.deadletterqueue.topic.replication.factor', 'dead letters go to S3', {
    form: wholeNumber('replicas', -1),
    default: '3',
    description: 'Replication factor of the dead letter topic.',
  }),
  meaningless(
    'errors.deadletterqueue.context.headers.enable',
    'a dead letter always holds the position of its record and the reason',
    {
      form: flag,
      default: 'false',
      description: 'Whether headers of dead letters hold the reason.',
    },
  ),
  meaningless('errors.log.enable', LOGGED, {
    form: flag,
    default: 'false',
    description: 'Whether failures are logged.',
  }),
  meaningless('mongo.errors.log.enable', LOGGED, {
    form: flag,
    default: 'false',
    description: 'Takes precedence over errors.log.enable.',
  }),
  meaningless('errors.log.include.messages', LOGGED, {
    form: flag,
    default: 'false',
    description: 'Whether log messages contain the failed record.',
  }),
  meaningless('errors.retry.timeout', RETRIED, {
    form: MILLISECONDS,
    default: '0',
    description: 'How long Kafka Connect retries.',
  }),
  meaningless('errors.retry.delay.max.ms', RETRIED, {
    form: MILLISECONDS,
    default: '60000',
    description: 'Maximum delay between retries.',
  }),
];
