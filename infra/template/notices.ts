import { glueSides, sidesWithRegistry } from '../../functions/documentdb-sink/connector/create-record-mapper.ts';
import type { Connector } from '../../functions/documentdb-sink/connector/file/connector.ts';
import { textsWithPlaceholders } from '../../functions/documentdb-sink/connector/texts-with-placeholders.ts';
import { indexText, wantedIndexes } from '../../functions/documentdb-sink/connector/wanted-indexes.ts';
import { sourcesOf } from '../../functions/documentdb-sink/target/connection/config-providers.ts';
import type { TopicsLock } from '../stage-file/topics-lock.ts';
import type { Deployment } from './deployment.ts';

/**
 * Warns of patterns beyond Lambda's default quota, and of failed batches whose records exist only in Kafka.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html, .../kafka-on-failure.html
 */
export const triggerNoticesOf = ({ functions }: Deployment): readonly string[] =>
  functions.flatMap(({ name, trigger: { filter = [], onFailure } }) => [
    ...(filter.length > FILTERS_DEFAULT_QUOTA
      ? [
          `${name}: filter has ${filter.length} patterns, and Lambda accepts more than ${FILTERS_DEFAULT_QUOTA} only after the quota was raised`,
        ]
      : []),
    ...(onFailure.startsWith('arn:')
      ? [
          `${name}: onFailure gets the positions of failed records without the records: read them from Kafka before their retention ends`,
        ]
      : []),
  ]);

const FILTERS_DEFAULT_QUOTA = 5;

/** Lists the connector file's properties that have no effect here: Kafka Connect accepts them, so this project does too. */
export function noticesOf(
  { connector: named, stage, file: { region, cluster } }: Deployment,
  nowMs = Date.now(),
): readonly string[] {
  if (named === undefined) return [];
  const { path, container, lock, connector, connection } = named;
  const dropped = connection.dropped.map(({ name, reason }) => ({ name: `connection.uri, option ${name}`, reason }));
  const meaningless = [...connector.meaningless, ...otherRegions(connector, region), ...dropped].map(
    ({ name, reason }) => `${name}: ${reason}`,
  );
  const indexes = wantedIndexes(connector).map(indexText);
  const missingIndex = connector.properties.text('msksinks.guard.missingIndex');
  const isLocal = stage !== 'local' && LOCALHOST.test(connector.connectionUri);
  return [
    ...(container === undefined ? [] : [`${path}: the settings come from ${container}`]),
    ...(lock === undefined ? [] : [`${path}: ${ageOf(lock, stage, nowMs)}`]),
    ...(lock === undefined || !isOfOther(lock, cluster.arn) ? [] : [`${path}: ${OF_OTHER} --stage ${stage}`]),
    ...section(
      `${path}: ${connector.ignored.length} of its properties are unknown and ignored, as in Kafka Connect`,
      connector.ignored,
    ),
    ...section(`${path}: ${meaningless.length} of its properties have no effect here`, meaningless),
    ...section(
      `${path}: the business keys need unique indexes; without an index, msksinks.guard.missingIndex=${missingIndex} applies`,
      indexes,
    ),
    ...registryNoticesOf(connector).map((line) => `${path}: ${line}`),
    ...(parametersOf(connector).length === 0 ? [] : [`${path}: ${PARAMETER_STORE}`]),
    ...(isLocal ? [`${path}: connection.uri ${NOT_IN_AWS}`] : []),
  ];
}

/** The parameters of providers have no effect, which matters where a provider asks in another region. */
const otherRegions = ({ properties }: Connector, region: string) =>
  [...properties.under('config.providers.')]
    .filter(([name, value]) => name.endsWith('.param.region') && value !== region)
    .map(([name]) => ({
      name: `config.providers.${name}`,
      reason: `the function asks AWS in its own region, ${region}; name a secret or a parameter of another region by its ARN`,
    }));

const DAY_MS = 24 * 60 * 60 * 1000;

function ageOf({ topics, readAt, cluster }: TopicsLock, stage: string, nowMs: number): string {
  const days = Math.floor((nowMs - Date.parse(readAt)) / DAY_MS);
  const age = days < 1 ? 'today' : `${days} day${days === 1 ? '' : 's'} ago`;
  return `topics.regex matched ${topics.length} topics of ${cluster} on ${readAt.slice(0, 10)} (${age}). Newer topics are not read: npm run topics -- --stage ${stage} lists the topics again`;
}

/** Whether the list is of another cluster, as far as it tells: stages that name one connector file share its list. */
const isOfOther = ({ cluster }: TopicsLock, arn: string): boolean => cluster.startsWith('arn:') && cluster !== arn;
const OF_OTHER =
  'the topics of topics.regex were listed from another cluster than cluster.arn. Topics that only the cluster of this stage has are not read. Let the stages name copies of the file, and run npm run topics --';

/** Matches the connector's default as well. */
const LOCALHOST = /^mongodb:\/\/(?:[^@/]*@)?(?:localhost|127\.0\.0\.1)(?=[:/,?]|$)/;
const NOT_IN_AWS =
  "is mongodb://localhost (the default), but a function in AWS has no local cluster: write the cluster's endpoint";

const parametersOf = (connector: Connector): readonly string[] =>
  sourcesOf(textsWithPlaceholders(connector), connector.providers).parameters;
const PARAMETER_STORE =
  'its placeholders read Parameter Store. The function must reach Systems Manager from its subnets: by a NAT gateway, or with SsmEndpoint=true in infra/endpoints.yml';

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  - ${line}`)];

/** Which schema registries the function asks: it must reach them from its subnets, as it must reach the cluster. */
const registryNoticesOf = (connector: Connector): readonly string[] =>
  sidesWithRegistry(connector).map((side) => {
    const urls = connector.properties.text(`${side}.converter.schema.registry.url`);
    const place = glueSides(connector).includes(side)
      ? `of AWS Glue in ${connector.properties.text(`${side}.converter.region`)}`
      : `at ${withoutLogins(urls)}`;
    return `${side}.converter asks the schema registry ${place}. The function must reach it from its subnets`;
  });

/** A URL may hold a password; a placeholder holds none. */
const withoutLogins = (urls: string): string => urls.replaceAll(/(:\/\/)[^/,\s]*@/g, '$1');
