import type { ConnectorStory, TransformStory } from '../../../scenario/connector/connector.ts';
import { type ProducedRecord, TOPIC } from '../../kafka-log.ts';

// Transforms of a connector's file and what they make of a value, by their documentation:
// https://kafka.apache.org/documentation/#connect_transforms (InsertField, ReplaceField, predicates),
// https://debezium.io/documentation/reference/3.4/transformations/event-flattening.html

type Fields = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, string>>;

const KAFKA = 'org.apache.kafka.connect.transforms';

const SETTINGS: Readonly<Record<TransformStory['name'], Properties>> = {
  unwraps: { type: 'io.debezium.transforms.ExtractNewRecordState', 'add.fields': 'op,source.ts_ms' },
  inserts: {
    type: `${KAFKA}.InsertField$Value`,
    'topic.field': 'route',
    'offset.field': 'place',
    'static.field': 'origin',
    'static.value': 'kafka',
  },
  drops: { type: `${KAFKA}.ReplaceField$Value`, exclude: 'op,part' },
  renames: { type: `${KAFKA}.ReplaceField$Value`, renames: 'part:portion,op:deed' },
};

/** Every record of this world has such a header. */
const HEADER = 'trace';

interface Condition {
  readonly predicate: Properties;
  readonly negate?: true;
}

const IS_OTHER = { type: `${KAFKA}.predicates.TopicNameMatches`, pattern: `${TOPIC}[-.].*` };
const HAS_HEADER = { type: `${KAFKA}.predicates.HasHeaderKey`, name: HEADER };

const CONDITIONS: Readonly<Record<Exclude<TransformStory['when'], 'always'>, Condition>> = {
  otherTopics: { predicate: IS_OTHER },
  firstTopic: { predicate: IS_OTHER, negate: true },
  header: { predicate: HAS_HEADER },
  noHeader: { predicate: HAS_HEADER, negate: true },
  value: { predicate: { type: `${KAFKA}.predicates.RecordIsTombstone` }, negate: true },
};

/** One after another, and each with a predicate of its own. */
export function transformProperties({ transforms = [] }: ConnectorStory): Properties {
  if (transforms.length === 0) return {};
  const names = (found: readonly TransformStory[]) => found.map(({ name }) => name).join();
  const conditional = transforms.filter(({ when }) => when !== 'always');
  const prefixed = (prefix: string, properties: Properties) =>
    Object.fromEntries(Object.entries(properties).map(([name, value]) => [`${prefix}.${name}`, value]));
  return Object.assign(
    { transforms: names(transforms) },
    conditional.length === 0 ? {} : { predicates: names(conditional) },
    ...transforms.flatMap(({ name, when }) => {
      const own = prefixed(`transforms.${name}`, SETTINGS[name]);
      if (when === 'always') return [own];
      const { predicate, negate } = CONDITIONS[when];
      const reference = { predicate: name, ...(negate && { negate: 'true' }) };
      return [own, prefixed(`transforms.${name}`, reference), prefixed(`predicates.${name}`, predicate)];
    }),
  );
}

/** The fields of a value behind the transforms. */
export const transformed = (fields: Fields, record: ProducedRecord, { transforms = [] }: ConnectorStory): Fields =>
  transforms
    .filter(({ when }) => applies(when, record))
    .reduce((before, { name }) => afterTransform(before, name, record), fields);

function applies(when: TransformStory['when'], { topic }: ProducedRecord): boolean {
  switch (when) {
    case 'always':
    case 'header':
    case 'value':
      return true;
    case 'noHeader':
      return false;
    case 'otherTopics':
      return topic !== TOPIC;
    case 'firstTopic':
      return topic === TOPIC;
  }
}

function afterTransform(fields: Fields, name: TransformStory['name'], { offset, topic }: ProducedRecord): Fields {
  const { op, part, ...others } = fields;
  switch (name) {
    case 'unwraps':
      throw new Error('an event is no row: change-model.ts says what becomes of it');
    case 'inserts':
      return { ...fields, route: topic, place: BigInt(offset), origin: 'kafka' };
    case 'drops':
      return others;
    case 'renames':
      return { ...others, ...('op' in fields && { deed: op }), ...('part' in fields && { portion: part }) };
  }
}
