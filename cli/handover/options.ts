import { SINKS, type SinkName } from '../../infra/sinks.ts';
import { BROKER_OPTIONS, BROKER_USAGE, type Brokers, brokersOf } from '../kafka/options.ts';
import { parseOrExplain } from '../terminal/parse-or-explain.ts';

export interface HandoverOptions {
  readonly stage: string;
  readonly sink: SinkName | undefined;
  /** The group of the connector or the consumer. */
  readonly otherGroup: string;
  /** `toMappings`: from that group to the mappings' groups; `back`: the other way. */
  readonly direction: 'toMappings' | 'back';
  readonly brokers: Brokers;
  readonly dryRun: boolean;
}

export const USAGE = `npm run handover -- --stage STAGE --from-group GROUP --bootstrap HOST:PORT,.. [options]
Copies the committed offsets of a consumer group (connect-<name> of a connector) to the consumer group of each mapping of the stage, so that the
mapping goes on where the group ended. Run it after the connector is stopped and before the mapping is deployed or enabled. Refuses while one of
the groups has members. Says which records are skipped or repeated.
  --from-group GROUP         the group whose offsets are copied
  --back-to-group GROUP      instead: copies the mappings' offsets to GROUP, for the way back
  --function FUNCTION        kinesisSink or documentdbSink, where the stage has both
${BROKER_USAGE}
  --dry-run                  print what would be copied
  --help                     print this text
Exit codes: 0 copied (or printed), 1 not everything was copied: the same command copies all of it again.`;

/** @throws Error that says how it is called */
export function parseHandoverOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): HandoverOptions | 'help' {
  const values = parsed(args);
  const { stage, help, function: name, 'from-group': from, 'back-to-group': back, 'dry-run': dryRun = false } = values;
  if (help === true) return 'help';
  if (stage === undefined) throw new Error(`--stage is missing\n${USAGE}`);
  const otherGroup = from ?? back;
  if (otherGroup === undefined || (from !== undefined && back !== undefined)) {
    throw new Error(`name one of --from-group and --back-to-group\n${USAGE}`);
  }
  const brokers = brokersOf(values, environment);
  if (brokers === undefined) throw new Error(`--bootstrap is missing: offsets are in Kafka\n${USAGE}`);
  const sink = SINKS.find((each) => each === name);
  if (name !== undefined && sink === undefined) {
    throw new Error(`--function must be ${SINKS.join(' or ')}, got ${JSON.stringify(name)}`);
  }
  return { stage, sink, otherGroup, direction: from === undefined ? 'back' : 'toMappings', brokers, dryRun };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const own = { stage: text, function: text, 'from-group': text, 'back-to-group': text, 'dry-run': flag, help: flag };
  return parseOrExplain({ args: [...args], options: { ...own, ...BROKER_OPTIONS } }, USAGE).values;
}
