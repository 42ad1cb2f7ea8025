// `npm run trigger -- --bootstrap HOST:PORT --template FILE`: Lambda's trigger for MSK, for anybody's functions and any Kafka.
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { decodeText } from '../infra/stage-file/decode-text.ts';
import { projectSurroundings } from '../infra/stage-file/project-files.ts';
import { readStageFile } from '../infra/stage-file/read-stage-file.ts';
import { readWrittenStage } from '../infra/stage-file/written-stage.ts';
import { runningEngines } from '../local/engines/running.ts';
import { PROJECT_ROOT } from '../local/pipeline/package-template.ts';
import { untilSignal } from '../local/terminal/until-signal.ts';
import { openGroups } from './handover/groups.ts';
import { connectionTo } from './kafka/connection.ts';
import { readUserFile } from './terminal/user-file.ts';
import { userPath } from './terminal/user-path.ts';
import { listWithBrokers } from './topics/list-topics.ts';
import { isSameKafka, refuseGroupsOfStart, refuseMembers } from './trigger/groups.ts';
import { parseTriggerOptions, type TriggerCommandOptions, USAGE } from './trigger/options.ts';
import { type Plan, planOf } from './trigger/plan.ts';
import { runTriggers } from './trigger/run.ts';

const WELL = 0;
const NOT_WELL = 1;
const UNUSABLE = 2;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function run(options: TriggerCommandOptions): Promise<number> {
  const fromFile = options.environmentFile === undefined ? {} : parseEnv(textOf('--env-from', options.environmentFile));
  const environment = { ...fromFile, ...options.environment } as Readonly<Record<string, string>>;
  const plan = planOf(textOf('--template', options.templateFile), { ...options, environment });
  const region = plan.mappings[0]?.eventSourceArn.split(':')[3] ?? '';
  const connection = connectionTo(options.brokers, region);
  requireTopics(plan, await listWithBrokers(connection)());
  refuseGroupsOfStart(plan.mappings, await groupsOfStart(options.brokers.bootstrapServers));
  const groups = openGroups(connection);
  await refuseMembers(plan.mappings, groups).finally(() => groups.close());
  for (const note of plan.notes) say(note);
  const folder = options.folder ?? join(PROJECT_ROOT, '.local', 'trigger');
  return (await runTriggers(plan, options, { connection, folder, say, signal: untilSignal() })) ? WELL : NOT_WELL;
}

/** The groups of npm start, where it runs in this folder with this Kafka. */
async function groupsOfStart(bootstrapServers: string): Promise<readonly string[]> {
  const running = await runningEngines(join(PROJECT_ROOT, '.local')).catch(() => undefined);
  if (running === undefined || !isSameKafka(running.kafka.bootstrapServers, bootstrapServers)) return [];
  const { service, written } = readWrittenStage('local', projectSurroundings);
  const { functions } = readStageFile(service, 'local', written);
  return functions.flatMap(({ mappings }) => mappings.map(({ consumerGroupId }) => consumerGroupId));
}

const textOf = (option: string, file: string): string =>
  decodeText(readUserFile(file, file, `name another file with ${option}`));

function requireTopics({ mappings }: Plan, existing: readonly string[]): void {
  const missing = mappings.flatMap(({ logicalId, topic, destination }) => [
    ...(existing.includes(topic) ? [] : [`${logicalId}.Topics: the topic ${topic} does not exist`]),
    ...(destination?.kind !== 'kafka' || existing.includes(destination.topic)
      ? []
      : [`${logicalId}.DestinationConfig.OnFailure.Destination: the topic ${destination.topic} does not exist`]),
  ]);
  if (missing.length > 0) throw new Error(`${missing.join('\n')}\nCreate what is missing, or correct --bootstrap`);
}

/** The same options with absolute paths. */
const ofUser = (options: TriggerCommandOptions): TriggerCommandOptions => ({
  ...options,
  templateFile: userPath(options.templateFile),
  environmentFile: options.environmentFile && userPath(options.environmentFile),
  folder: options.folder && userPath(options.folder),
  code: new Map([...options.code].map(([name, path]) => [name, userPath(path)])),
});

async function main(): Promise<number> {
  const options = parseTriggerOptions(process.argv.slice(2));
  if (options !== 'help') return await run(ofUser(options));
  say(USAGE);
  return WELL;
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(UNUSABLE);
  },
);
