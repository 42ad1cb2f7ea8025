import { createIndexText, type WantedIndex } from '../guard/wanted-index.ts';
import type { Connector } from './file/connector.ts';
import { namesIn } from './file/forms.ts';
import type { TopicProperties } from './topic-properties.ts';

const BUSINESS_KEY = 'BusinessKey';
const PARTIAL = /\.Partial(Key|Value)Strategy$/;

/** The unique indexes that the business keys of a connector file need: one for each namespace. */
export function wantedIndexes({
  topics,
  propertiesByTopic,
}: Pick<Connector, 'topics' | 'propertiesByTopic'>): readonly WantedIndex[] {
  const wanted = topics.flatMap((topic) => wantedOf(topic, propertiesByTopic(topic)));
  return [...new Map(wanted.map((index) => [JSON.stringify(index), index])).values()];
}

/** The index as a sentence, with the mongosh command that makes it. */
export const indexText = (index: WantedIndex): string => {
  const remedy = createIndexText(index);
  return `topic ${index.topic}: ${index.fields === undefined ? `create ${remedy}` : remedy}`;
};

function wantedOf(topic: string, properties: TopicProperties): readonly WantedIndex[] {
  const strategies = ['writemodel.strategy', 'delete.writemodel.strategy'].map((name) => properties.text(name));
  const isOfEvents = properties.text('change.data.capture.handler') !== '';
  if (isOfEvents || !strategies.some((strategy) => strategy.includes(BUSINESS_KEY))) return [];
  const namespace = { database: properties.text('database'), collection: properties.text('collection') || topic };
  return [{ topic, namespace, fields: keyFields(properties) }];
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
