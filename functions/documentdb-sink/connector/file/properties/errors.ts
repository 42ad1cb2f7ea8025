import { choice, flag, orEmpty, topics, wholeNumber } from '../forms.ts';
import { implemented, meaningless, type Property } from '../property.ts';

const TOLERANCE = choice('none', 'data', 'all');
const LOGGED = 'failures are always counted and logged by reason; payloads never are (docs/guarantees.md, G7)';
const RETRIED = "every failure that is not the record's own is retried until it succeeds";

/** What becomes of records that fail. */
export const ERROR_PROPERTIES: readonly Property[] = [
  implemented('errors.tolerance', {
    form: TOLERANCE,
    default: 'none',
    description:
      'What becomes of a record that can never be written: `none` blocks its document until somebody mends it; `all` and `data` write a dead letter to S3. An outage is never tolerated.',
  }),
  implemented('mongo.errors.tolerance', {
    form: orEmpty(TOLERANCE),
    description: 'Comes before errors.tolerance.',
  }),
  implemented('errors.deadletterqueue.topic.name', {
    form: orEmpty(topics),
    description: 'Dead letters go to S3 with or without it; the name becomes their field `deadLetterTopic`.',
  }),
  meaningless('errors.deadletterqueue.topic.replication.factor', 'dead letters go to S3', {
    form: wholeNumber('replicas', -1),
    default: '3',
    description: 'Of the topic.',
  }),
  meaningless(
    'errors.deadletterqueue.context.headers.enable',
    'a dead letter always says where it comes from and why',
    {
      form: flag,
      default: 'false',
      description: 'Whether letters say why.',
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
    description: 'Comes before errors.log.enable.',
  }),
  meaningless('errors.log.include.messages', LOGGED, {
    form: flag,
    default: 'false',
    description: 'Whether records are logged.',
  }),
  meaningless('errors.retry.timeout', RETRIED, {
    form: wholeNumber('milliseconds', -1, Number.MAX_SAFE_INTEGER),
    default: '0',
    description: 'How long Connect retries.',
  }),
  meaningless('errors.retry.delay.max.ms', RETRIED, {
    form: wholeNumber('milliseconds', 1, Number.MAX_SAFE_INTEGER),
    default: '60000',
    description: 'The longest pause between retries.',
  }),
];
