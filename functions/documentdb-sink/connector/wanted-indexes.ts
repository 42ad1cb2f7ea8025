import type { Connector } from './file/connector.ts';
import { namesIn } from './file/forms.ts';
import type { TopicProperties } from './topic-properties.ts';

const BUSINESS_KEY = 'BusinessKey';
const PARTIAL = /\.Partial(Key|Value)Strategy$/;

/**
 * The unique indexes that the business keys of a connector file need, each as a sentence with the mongosh command.
 * Without its index, a write cannot be guarded (`msksinks.guard.missingIndex`).
 */
export const wantedIndexes = ({ topics, propertiesByTopic }: Pick<Connector, 'topics' | 'propertiesByTopic'>) => [
  ...new Set(topics.flatMap((topic) => wantedOf(topic, propertiesByTopic(topic)))),
];

function wantedOf(topic: string, properties: TopicProperties): readonly string[] {
  const strategies = ['writemodel.strategy', 'delete.writemodel.strategy'].map((name) => properties.text(name));
  const isOfEvents = properties.text('change.data.capture.handler') !== '';
  if (isOfEvents || !strategies.some((strategy) => strategy.includes(BUSINESS_KEY))) return [];
  const fields = keyFields(properties);
  const place = `topic ${topic}`;
  if (fields === undefined) {
    return [`${place}: create a unique index on exactly the fields of the business key, which the file does not list`];
  }
  const key = fields.map((field) => `${JSON.stringify(field)}: 1`).join(', ');
  return [`${place}: ${collectionText(topic, properties)}.createIndex({ ${key} }, { unique: true })`];
}

function collectionText(topic: string, properties: TopicProperties): string {
  const names = [properties.text('database'), properties.text('collection') || topic];
  const [database, collection] = names.map((name) => JSON.stringify(name));
  return `db.getSiblingDB(${database}).getCollection(${collection})`;
}

/** Undefined if the records determine the fields. */
function keyFields(properties: TopicProperties): readonly string[] | undefined {
  const side = PARTIAL.exec(properties.text('document.id.strategy'))?.[1]?.toLowerCase();
  if (side === undefined) return undefined;
  const own = `document.id.strategy.partial.${side}.projection`;
  const shared = `${side}.projection`;
  const textOf = (part: 'type' | 'list') => properties.text(`${own}.${part}`) || properties.text(`${shared}.${part}`);
  const isAllowList = /^(?:allow|white)list$/i.test(textOf('type').trim());
  const paths = namesIn(textOf('list'));
  if (!isAllowList || paths.length === 0 || paths.some((path) => path.includes('*'))) return undefined;
  // If both `a` and `a.b` are listed, the key has the field `a.b` and no field `a`.
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)));
}
