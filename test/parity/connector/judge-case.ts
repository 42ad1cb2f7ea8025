import type { Entry } from '../../../functions/documentdb-sink/connector/file/properties-file.ts';
import { readSettings } from '../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { indexText, wantedIndexes } from '../../../functions/documentdb-sink/connector/wanted-indexes.ts';
import { placeholdersOf } from '../../../functions/documentdb-sink/target/placeholders.ts';
import type { ParityCase } from './case.ts';
import { documentDifferences } from './compare.ts';
import { generatedBy } from './generated.ts';
import type { ConnectorJudge, JudgeAnswer } from './judge/start-judge.ts';
import { runOurs } from './ours.ts';
import type { CaseRecord } from './records.ts';
import type { Contents, Server } from './server.ts';
import { eventsOf, type Split } from './splits.ts';

/** What the connector made of a case. */
export interface Judgement extends JudgeAnswer {
  readonly contents: Contents;
}

let prefixCount = 0;
const nextPrefix = (side: 'connector' | 'ours'): string => {
  prefixCount += 1;
  return `${side}${prefixCount}_`;
};
const SKIPPED = 'WriteSkippedException';

/**
 * Asks the connector. What fails for a whole bulk there fails for one record here (docs/migrating.md, `write-skipped`): such a case is
 * asked again with one record a bulk.
 */
export async function askConnector(each: ParityCase, judge: ConnectorJudge, server: Server): Promise<Judgement> {
  const first = await askOnce(each, judge, server, {});
  const reasons = Object.values(first.dead);
  const isOfBulk = reasons.some((why) => why.includes(SKIPPED)) || new Set(reasons).size < reasons.length;
  return isOfBulk ? await askOnce(each, judge, server, { 'max.batch.size': '1' }) : first;
}

async function askOnce(
  { settings, entries, records }: ParityCase,
  judge: ConnectorJudge,
  server: Server,
  overrides: Readonly<Record<string, string>>,
): Promise<Judgement> {
  const prefix = nextPrefix('connector');
  await server.makeIndexes(indexesOf(withTopics(withDatabases(entries, prefix), records)));
  const environment = environmentOf(entries);
  const answer = await judge.ask({
    uri: server.uri,
    settings,
    environment,
    overrides,
    records,
    databasePrefix: prefix,
  });
  return { ...answer, contents: unprefixed(await server.take(prefix), prefix) };
}

/** Runs our function; returns the differences, a sentence each. */
export async function compareWith(
  judgement: Judgement,
  { entries, records }: ParityCase,
  { server, split }: { readonly server: Server; readonly split: Split },
): Promise<readonly string[]> {
  const prefix = nextPrefix('ours');
  const own = withTopics(withDatabases(entries, prefix), records);
  await server.makeIndexes(indexesOf(own));
  const { dead, held } = await runOurs(own, eventsOf(records, split), server);
  const contents = unprefixed(await server.take(prefix), prefix);
  if (judgement.stopped !== null && held.length > 0) return [];
  if (judgement.stopped !== null) return [`the connector's task stops, and our function goes on: ${judgement.stopped}`];
  return [
    ...held.map((place) => `${place}: our function hands the record back, and the connector goes on`),
    ...deadDifferences(judgement.dead, dead),
    ...documentDifferences(judgement.contents, contents, generatedBy(entries)),
  ];
}

function deadDifferences(theirs: JudgeAnswer['dead'], ours: readonly string[]): readonly string[] {
  const missing = Object.entries(theirs).filter(([place]) => !ours.includes(place));
  return [
    ...missing.map(([place, why]) => `${place}: a dead letter of the connector alone: ${why}`),
    ...ours.filter((place) => !(place in theirs)).map((place) => `${place}: a dead letter of ours alone`),
  ].toSorted();
}

const DATABASE = /^(?:topic\.override\..+\.)?database$/;

const withDatabases = (entries: readonly Entry[], prefix: string): readonly Entry[] =>
  entries.map((entry) => (DATABASE.test(entry.name) ? { ...entry, value: prefix + entry.value.trim() } : entry));

/** An event source mapping names its topics: those that match. */
function withTopics(entries: readonly Entry[], records: readonly CaseRecord[]): readonly Entry[] {
  const regex = entries.findLast(({ name, value }) => name === 'topics.regex' && value.trim() !== '');
  if (regex === undefined) return entries;
  const matching = [...new Set(records.map(({ topic }) => topic))].filter((topic) =>
    new RegExp(`^(?:${regex.value.trim()})$`).test(topic),
  );
  return [
    ...entries.filter(({ name }) => name !== 'topics.regex' && name !== 'topics'),
    { ...regex, name: 'topics', value: matching.join(',') },
  ];
}

/** The indexes that packaging names. A file that is refused is not run at all. */
function indexesOf(entries: readonly Entry[]): readonly string[] {
  return wantedIndexes(
    readSettings({ entries, faults: [] }, { where: 'connector file', environment: process.env }),
  ).map(indexText);
}

const environmentOf = (entries: readonly Entry[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    entries
      .flatMap(({ value }) => placeholdersOf(value))
      .flatMap(({ provider, key }) => {
        const value = provider === 'env' ? process.env[key] : undefined;
        return value === undefined ? [] : [[key, value]];
      }),
  );

const unprefixed = (contents: Contents, prefix: string): Contents =>
  new Map([...contents].map(([name, rows]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, rows]));
