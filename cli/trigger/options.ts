import type { PartialFailureRetry } from '../../local/msk-trigger/machine/settings.ts';
import { BROKER_OPTIONS, BROKER_USAGE, type Brokers, brokersOf } from '../kafka/options.ts';
import { parseOrExplain } from '../terminal/parse-or-explain.ts';
import { isThisMachine } from './groups.ts';

export interface TriggerCommandOptions {
  readonly brokers: Brokers;
  readonly templateFile: string;
  /** Paths of folders and of files, by a function's logical id or name. */
  readonly code: ReadonlyMap<string, string>;
  readonly parameters: Readonly<Record<string, string>>;
  /** Variables of every function, which replace those of the file and of the template. */
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentFile: string | undefined;
  /** A schema registry that stands in for those of the mappings. */
  readonly registryUrl: string | undefined;
  /** In front of each mapping's consumer group. */
  readonly groupPrefix: string;
  /** Undefined: `.local/trigger`. */
  readonly folder: string | undefined;
  readonly partialFailureRetry: PartialFailureRetry;
  /** End when every record is consumed. */
  readonly exit: boolean;
}

export const USAGE = `npm run trigger -- --bootstrap HOST:PORT,.. --template FILE [--function NAME=CODE].. [options]
Lambda's event source mappings for MSK on this machine, for the Node functions of any CloudFormation template and any Kafka. Reads each topic that
the template's mappings name, and invokes their functions as Lambda does: batches, filters, retries, partial failures, destinations, commits.
docs/msk-trigger.md has the rules that it keeps.
  --template FILE            a packaged template in JSON or YAML: .serverless/cloudformation-template-update-stack.json,
                             cdk.out/STACK.template.json
  --function NAME=CODE       the code of the function with this logical id or name: the folder below which the template's
                             handler is, or a file (.js, .mjs, .cjs). Without it: the folder that AWS CDK names, or else the
                             template's own folder. May be repeated
${BROKER_USAGE}
  --parameter NAME=VALUE     a parameter of the template, or a pseudo parameter (AWS::Region=us-east-1); may be repeated
  --env NAME=VALUE           a variable of every function, such as AWS_ENDPOINT_URL; may be repeated
  --env-from FILE            such variables, one a line. Functions get no variable of this shell
  --registry URL             a schema registry with the API of Confluent, in place of those that the mappings name
  --group-prefix TEXT        in front of each mapping's consumer group. The command commits offsets, and a mapping in AWS goes on at
                             those of its group: so this is needed where the brokers are not on this machine. --group-prefix=
                             (nothing) reads and commits with the mappings' own groups
  --folder FOLDER            for the functions' logs and for failure records whose destination is not a topic of this Kafka
                             (default .local/trigger)
  --partial-failure-retry R  which records are repeated after a partial failure: fromLowest (default), everything from the
                             lowest listed offset on, or listedOnly
  --exit                     end when every record is consumed
  --help                     print this text
Exit codes: 0 stopped by Ctrl-C, or with --exit everything was consumed; 1 with --exit, records were given up or were left; 2 it could not start.`;

const PARTIAL_FAILURE_RETRIES: readonly PartialFailureRetry[] = ['fromLowest', 'listedOnly'];

/** @throws Error that says how it is called */
export function parseTriggerOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TriggerCommandOptions | 'help' {
  const values = parsed(args);
  if (values.help === true) return 'help';
  const brokers = brokersOf(values, environment);
  if (brokers === undefined) throw new Error(`--bootstrap is missing\n${USAGE}`);
  if (values.template === undefined) throw new Error(`--template is missing\n${USAGE}`);
  const retry = values['partial-failure-retry'] ?? 'fromLowest';
  const partialFailureRetry = PARTIAL_FAILURE_RETRIES.find((each) => each === retry);
  if (partialFailureRetry === undefined)
    throw new Error(`--partial-failure-retry must be ${PARTIAL_FAILURE_RETRIES.join(' or ')}, got "${retry}"`);
  return {
    ...{ brokers, partialFailureRetry, templateFile: values.template },
    code: new Map(pairs('--function', 'NAME=CODE', values.function)),
    parameters: Object.fromEntries(pairs('--parameter', 'NAME=VALUE', values.parameter)),
    environment: Object.fromEntries(pairs('--env', 'NAME=VALUE', values.env)),
    environmentFile: values['env-from'],
    registryUrl: registryOf(values.registry),
    groupPrefix: groupPrefixOf(values['group-prefix'], brokers),
    folder: values.folder,
    exit: values.exit ?? false,
  };
}

/** What this command commits for a mapping's own group is lost to that mapping: nobody does that unawares. */
function groupPrefixOf(prefix: string | undefined, { bootstrapServers }: Brokers): string {
  if (prefix !== undefined || isThisMachine(bootstrapServers)) return prefix ?? '';
  throw new Error(
    '--group-prefix is missing: the brokers are not on this machine, and a mapping in AWS goes on at the offsets that this command commits for its group. Write --group-prefix TEXT for groups of your own, or --group-prefix= to commit for the groups of the mappings',
  );
}

function registryOf(url: string | undefined): string | undefined {
  if (url !== undefined && !/^https?:/.test(url))
    throw new Error(`--registry must be a URL of http or https, got "${url}"`);
  return url;
}

function pairs(
  option: string,
  form: string,
  written: readonly string[] = [],
): readonly (readonly [name: string, value: string])[] {
  return written.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new Error(`${option} takes ${form}, got "${pair}"`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  const own = {
    template: text,
    'env-from': text,
    registry: text,
    'group-prefix': text,
    folder: text,
    'partial-failure-retry': text,
    exit: flag,
    help: flag,
  };
  const repeated = { function: texts, parameter: texts, env: texts };
  return parseOrExplain({ args: [...args], options: { ...own, ...repeated, ...BROKER_OPTIONS } }, USAGE).values;
}
