import { choice } from '../../file/forms.ts';
import type { Transform } from '../connect-record.ts';
import { TransformError } from '../data/transform-error.ts';
import type { Classes } from '../transform-class.ts';
import { optional, type TransformSettings } from '../transform-settings.ts';

/**
 * Drops records without a value, or makes them fail.
 * https://docs.confluent.io/kafka-connectors/transforms/current/tombstonehandler.html
 */
function tombstoneHandler(settings: TransformSettings): Transform {
  const fails = settings.text('behavior').toLowerCase() === 'fail';
  return (record) => {
    if (record.value().value !== null) return record;
    if (fails) throw new TransformError('the value is null, and TombstoneHandler is set to fail');
    return undefined;
  };
}

export const TOMBSTONE_HANDLER: Classes = [
  [
    'io.confluent.connect.transforms.TombstoneHandler',
    { properties: [optional('behavior', choice('ignore', 'warn', 'fail'), 'warn')], create: tombstoneHandler },
  ],
];
