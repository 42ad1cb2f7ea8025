import { anyText } from '../../../file/forms.ts';
import type { Transform } from '../../connect-record.ts';
import { topicRouter } from '../../topic-pattern.ts';
import { type Classes, KAFKA_PACKAGE } from '../../transform-class.ts';
import { required, type TransformSettings } from '../../transform-settings.ts';

/** Renames a topic whose whole name matches. */
function regexRouter(settings: TransformSettings): Transform {
  const route = topicRouter(settings, 'regex', 'replacement');
  return (record) => {
    const topic = route(record.topic);
    return topic === undefined ? record : { ...record, topic };
  };
}

export const REGEX_ROUTER: Classes = [
  [
    `${KAFKA_PACKAGE}RegexRouter`,
    { properties: [required('regex', anyText), required('replacement', anyText)], create: regexRouter },
  ],
];
