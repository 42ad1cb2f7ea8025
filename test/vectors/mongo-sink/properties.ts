import type { CustomStrategies } from '../../../functions/documentdb-sink/connector/custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../../../functions/documentdb-sink/connector/custom/registry.ts';
import { upperCase } from '../../../functions/documentdb-sink/connector/custom/upper-case.ts';
import { POST_PROCESSORS } from '../../../functions/documentdb-sink/connector/file/class-names.ts';
import type { Connector } from '../../../functions/documentdb-sink/connector/file/connector.ts';
import { DEFAULTS, propertyOf } from '../../../functions/documentdb-sink/connector/file/properties-table.ts';
import { readConnector } from '../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { problemOf } from '../../../functions/documentdb-sink/connector/file/read-entry.ts';
import { TopicProperties } from '../../../functions/documentdb-sink/connector/topic-properties.ts';
import { UnwritableError } from '../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { SettingsError } from '../../../shared/errors.ts';
import { CaseError } from '../case-error.ts';
import type { MongoCase } from './mongo-case.ts';
import type { RefusalId } from './refusals.ts';

export const topicOf = ({ config, record }: MongoCase): string =>
  String(record.get('topic') ?? config.get('topics') ?? 'topic')
    .split(',', 1)[0]
    ?.trim() ?? 'topic';

const WHERE = 'the configuration';

/**
 * Of a part by itself: what the configuration says and the defaults; its values are checked one by one, not among one another.
 * @throws SettingsError when a value is wrong; CaseError where it is refused
 */
export function partProperties(vector: MongoCase, overrides: ReadonlyMap<string, string> = new Map()): TopicProperties {
  const values = new Map([...textsOf(vector), ...overrides]);
  const problems = [...values].flatMap(([name, value]) => {
    const property = propertyOf(name);
    const problem = property === undefined ? 'is not a property of the connector' : problemOf({ property, value });
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
  if (problems.length > 0) throw settled(new SettingsError(WHERE, problems));
  return new TopicProperties(new Map([...DEFAULTS, ...values]));
}

/** Of the whole: read as a file is. @throws SettingsError; CaseError where it is refused */
export function connectorOf(vector: MongoCase, additions: ReadonlyMap<string, string> = new Map()): Connector {
  const values = textsOf(vector);
  const isUnset = (name: string) => !values.has(name);
  const config = new Map([
    // Most cases are of a part, and leave out what a file needs.
    ...(isUnset('topics') && isUnset('topics.regex') ? [['topics', topicOf(vector)] as const] : []),
    ...(isUnset('database') ? [['database', 'myDB'] as const] : []),
    ...values,
    ...additions,
  ]);
  try {
    return readConnector(JSON.stringify({ config: Object.fromEntries(config) }), { where: WHERE });
  } catch (error) {
    throw error instanceof SettingsError ? settled(error) : error;
  }
}

/** Where a whole kind of feature is refused, the case is. */
function settled(error: SettingsError): Error {
  for (const [pattern, id] of REFUSED) if (pattern.test(error.message)) return refused(id);
  return error;
}

const REFUSED: readonly (readonly [RegExp, RefusalId])[] = [
  [/\bcsfle\..*is refused/, 'client-side-encryption'],
  [/topics\.regex must be resolved/, 'topics-regex'],
];

/** The reason is told where the table of refusals is at hand. */
export const refused = (id: RefusalId): CaseError => new CaseError('refused', id);

/** Names that begin with `$$` are notes to whoever runs the case. @throws CaseError where it is of a time series collection */
function textsOf({ config }: MongoCase): ReadonlyMap<string, string> {
  const texts = new Map(
    [...config].filter(([name]) => !name.startsWith('$$')).map(([name, value]) => [name, textOf(name, value)]),
  );
  if (OF_TIME_SERIES.some((name) => (texts.get(name) ?? DEFAULTS.get(name)) !== DEFAULTS.get(name)))
    throw refused('time-series-collection');
  return texts;
}

const OF_TIME_SERIES = ['timeseries.metafield', 'timeseries.expire.after.seconds', 'timeseries.granularity'];

function textOf(name: string, value: unknown): string {
  if (name === 'namespace.mapper' && String(value).startsWith('TestNamespaceMapper')) return TEST_MAPPER;
  if (name.startsWith('field.value.transformer') && /(UpperCase|Failing)Transformer$/.test(String(value)))
    return described(String(value));
  if (typeof value !== 'string')
    return value instanceof Map || Array.isArray(value) ? jsonOf(value) : String(value ?? '');
  return value.replace(/^<(.*)>$/, (_all, words: string) => described(words));
}

const TEST_MAPPER = 'custom.TestNamespaceMapper';

/** `<upper-case transformer>`, `<FieldValueTransformPostProcessor alone>`: classes of the connector's tests, in words. */
function described(words: string): string {
  const processor = POST_PROCESSORS.find((name) => words.includes(name.split('.').at(-1) ?? name));
  if (processor !== undefined) return processor;
  if (/upper/i.test(words)) return 'custom.UpperCase';
  if (/fail|throw/i.test(words)) return 'custom.Failing';
  throw new CaseError('failed', `<${words}> is not known here`);
}

const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_name, each: unknown) => (each instanceof Map ? Object.fromEntries(each) : each));

/** The project's own strategies and those of the connector's tests. */
export const CUSTOM: CustomStrategies = {
  ...CUSTOM_STRATEGIES,
  fieldValueTransformers: new Map([
    ['custom.UpperCase', () => upperCase],
    [
      'custom.Failing',
      () => () => {
        throw new UnwritableError("the transformer of the connector's tests fails");
      },
    ],
  ]),
  namespaceMappers: new Map([
    [
      TEST_MAPPER,
      () =>
        (_document, { position }) => ({ database: 'db', collection: `coll.${Math.ceil(position.offset / 10)}` }),
    ],
  ]),
};
