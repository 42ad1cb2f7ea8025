import { choice, nonEmpty } from '../../file/forms.ts';
import type { Side, Transform } from '../connect-record.ts';
import { type ConnectValue, isArray } from '../data/connect-value.ts';
import { TransformError } from '../data/transform-error.ts';
import { requireMap, requireStruct } from '../fields.ts';
import type { Classes } from '../transform-class.ts';
import { optional, required, type TransformProperty, type TransformSettings } from '../transform-settings.ts';
import { fieldIn, isObject } from './json-path/condition.ts';
import { parseJsonPath, type Step } from './json-path/parse-json-path.ts';

const PURPOSE = 'a filter condition';
const CONDITION = 'filter.condition';

/**
 * Keeps or drops the records in which a JSON path finds something.
 * https://docs.confluent.io/kafka-connectors/transforms/current/filter-confluent.html
 */
function filter(side: Side, settings: TransformSettings): Transform {
  const path = parseJsonPath(settings.text(CONDITION), settings.prefix + CONDITION);
  const includes = settings.text('filter.type').toLowerCase() === 'include';
  const behavior = settings.text('missing.or.null.behavior').toLowerCase();
  return (record) => {
    const { schema, value } = record[side]();
    if (value === null) return record;
    const found = finds(path, schema === undefined ? requireMap(value, PURPOSE) : requireStruct(value, PURPOSE));
    if (found !== undefined) return found === includes ? record : undefined;
    if (behavior === 'fail') {
      throw new TransformError('a field of filter.condition is missing, and missing.or.null.behavior is fail');
    }
    return behavior === 'include' ? record : undefined;
  };
}

/** Undefined if a field before the first condition is missing. Behind a condition, what is missing is just not found. */
function finds(path: readonly Step[], root: ConnectValue): boolean | undefined {
  let found: readonly ConnectValue[] = [root];
  let isDefinite = true;
  for (const step of path) {
    if (typeof step === 'string') {
      found = found.flatMap((value) => presentField(value, step));
      if (isDefinite && found.length === 0) return undefined;
    } else {
      if (isDefinite && !found.every((value) => isObject(value) || isArray(value))) {
        throw new TransformError('a condition of filter.condition stands on a value that is no object and no array');
      }
      isDefinite = false;
      found = found.flatMap((value) => elementsOf(value).filter((element) => step(element, root)));
    }
  }
  return found.length > 0;
}

function presentField(value: ConnectValue, name: string): readonly ConnectValue[] {
  const field = fieldIn(value, name);
  return field === undefined ? [] : [field];
}

/** What a condition chooses from: an object is its own only element. */
function elementsOf(value: ConnectValue): readonly ConnectValue[] {
  if (isArray(value)) return value;
  return isObject(value) ? [value] : [];
}

const properties: readonly TransformProperty[] = [
  required(CONDITION, nonEmpty),
  required('filter.type', choice('include', 'exclude')),
  optional('missing.or.null.behavior', choice('fail', 'include', 'exclude'), 'fail'),
];

export const CONFLUENT_FILTER: Classes = (['key', 'value'] as const).map((side) => [
  `io.confluent.connect.transforms.Filter$${side === 'key' ? 'Key' : 'Value'}`,
  { properties, create: (settings) => filter(side, settings) },
]);
