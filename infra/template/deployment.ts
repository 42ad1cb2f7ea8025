import { DECIDED_BY_CONNECTOR } from '../../functions/documentdb-sink/settings.ts';
import { toEnvironment } from '../../shared/settings/parse-settings.ts';
import {
  consumerGroupOf,
  deadLetterBucketName,
  functionName,
  roleName,
  SINKS,
  type SinkName,
  triggerOf,
} from '../sinks.ts';
import type { NamedConnector } from '../stage-file/named-connector.ts';
import { documentdbSection, kinesisSection, type StageFile } from '../stage-file/stage-file.ts';
import type { TriggerSettings } from '../stage-file/trigger-settings.ts';
import { nodeOptionsOf } from './node-options.ts';
import { topicId } from './topic-id.ts';

/** A function, as the template's parts use it. */
export interface DeployedFunction {
  readonly name: SinkName;
  /** The stem of its logical ids: `KinesisSink`. */
  readonly id: string;
  /** The folder in functions/ and dist/. */
  readonly folder: string;
  /** The name in Lambda: service, stage and name. */
  readonly functionName: string;
  readonly roleName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number | undefined;
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** False if splitting a batch could change the order of writes. */
  readonly bisectBatch: boolean;
  readonly trigger: TriggerSettings;
  readonly mappings: readonly DeployedMapping[];
}

export interface DeployedMapping {
  readonly logicalId: string;
  readonly topic: string;
  readonly consumerGroupId: string;
}

export interface Deployment {
  readonly service: string;
  readonly stage: string;
  readonly file: StageFile;
  /** documentdbSink's connector file, if one is named. */
  readonly connector: NamedConnector | undefined;
  readonly deadLetterBucket: string;
  readonly functions: readonly DeployedFunction[];
}

const FIXED = {
  kinesisSink: { id: 'KinesisSink', folder: 'kinesis-sink', bisectBatch: false, settings: kinesisSection },
  documentdbSink: { id: 'DocumentdbSink', folder: 'documentdb-sink', bisectBatch: true, settings: documentdbSection },
} as const;

/** Derives names and environments from a valid stage file. Pure. */
export function deploymentOf(
  service: string,
  stage: string,
  file: StageFile,
  connector: NamedConnector | undefined,
): Deployment {
  const deadLetterBucket = deadLetterBucketName(service, stage, file.accountId);
  return {
    service,
    stage,
    file,
    connector,
    deadLetterBucket,
    functions: SINKS.flatMap((name) => {
      const section = file[name];
      if (section === undefined) return [];
      const { settings, ...fixed } = FIXED[name];
      const trigger = triggerOf(file, name) as TriggerSettings;
      const { memoryMb, timeoutSeconds, reservedConcurrency, subnetIds, securityGroupIds } = section;
      return {
        name,
        ...fixed,
        functionName: functionName(service, stage, name),
        roleName: roleName(service, stage, name),
        environment: {
          ...toEnvironment({
            ...{ stage, serviceName: service, triggerMode: trigger.mode, deadLetterBucket, metrics: file.metrics },
            ...pick(section, namesOf(name, Object.keys(settings.entries), connector)),
          }),
          ...(name === 'documentdbSink' && connector?.environment),
          // https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/#log-levels
          POWERTOOLS_LOG_LEVEL: file.logLevel,
          NODE_OPTIONS: nodeOptionsOf(name, memoryMb),
        },
        memoryMb,
        timeoutSeconds,
        reservedConcurrency,
        ...(subnetIds && securityGroupIds && { vpc: { subnetIds, securityGroupIds } }),
        trigger,
        mappings: (trigger.topics ?? []).map((topic) => ({
          logicalId: `${fixed.id}Mapping${topicId(topic)}`,
          topic,
          consumerGroupId: consumerGroupOf(trigger.consumerGroupId, { service, stage, function: name, topic }),
        })),
      };
    }),
  };
}

/** Settings that the connector file decides are left out. */
const namesOf = (sink: SinkName, names: readonly string[], connector: NamedConnector | undefined): readonly string[] =>
  sink === 'documentdbSink' && connector !== undefined
    ? names.filter((name) => !DECIDED_BY_CONNECTOR.has(name))
    : names;

const pick = (section: object, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(section).filter(([name]) => names.includes(name)));
