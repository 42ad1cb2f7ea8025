import { PatternError } from '../../../../java/regex/pattern-error.ts';
import { dateFormatter } from '../../../../java/simple-date/formatter.ts';
import { anyText } from '../../../file/forms.ts';
import { PropertyError } from '../../../property-error.ts';
import type { Transform } from '../../connect-record.ts';
import { dateAt } from '../../data/json-value.ts';
import { TransformError } from '../../data/transform-error.ts';
import { type Classes, KAFKA_PACKAGE } from '../../transform-class.ts';
import { optional, type TransformSettings } from '../../transform-settings.ts';

/** Adds the record's time to the topic's name, for example one topic per day. */
function timestampRouter(settings: TransformSettings): Transform {
  const topicFormat = settings.text('topic.format');
  const format = formatterOf(settings, 'timestamp.format');
  return (record) => {
    const { timestampMs } = record;
    if (timestampMs === undefined) throw new TransformError('the record has no timestamp to name a topic by');
    const time = format(dateAt(BigInt(timestampMs)));
    const topic = topicFormat.replaceAll(TOPIC, () => record.topic).replaceAll(TIMESTAMP, () => time);
    return { ...record, topic };
  };
}

const TOPIC = ['$', '{topic}'].join('');
const TIMESTAMP = ['$', '{timestamp}'].join('');

/** @throws PropertyError if Java refuses the pattern */
export function formatterOf(settings: TransformSettings, property: string): (date: Date) => string {
  try {
    return dateFormatter(settings.text(property));
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new PropertyError(
      settings.prefix + property,
      settings.text(property),
      `is not a valid SimpleDateFormat: ${error.message}`,
    );
  }
}

export const TIMESTAMP_ROUTER: Classes = [
  [
    `${KAFKA_PACKAGE}TimestampRouter`,
    {
      properties: [
        optional('topic.format', anyText, `${TOPIC}-${TIMESTAMP}`),
        optional('timestamp.format', anyText, 'yyyyMMdd'),
      ],
      create: timestampRouter,
    },
  ],
];
