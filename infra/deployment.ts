import { toEnvironment } from '../shared/parse-settings.ts';
import { documentdbSection, kinesisSection, type StageFile } from './stage-file.ts';

/** A function as the rest of the template needs to know it. */
export interface DeployedFunction {
  /** Its name in serverless.yml. */
  readonly name: 'kinesisSink' | 'documentdbSink';
  /** Its logical id's stem: `KinesisSink`. */
  readonly id: string;
  /** Its folder under functions/ and dist/. */
  readonly folder: string;
  readonly roleName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** False where splitting a batch could change the order in which its records are written. */
  readonly bisectBatch: boolean;
}

export interface Deployment {
  readonly service: string;
  readonly stage: string;
  readonly file: StageFile;
  readonly deadLetterBucket: string;
  readonly functions: readonly DeployedFunction[];
}

/** Names and environments, from the stage file; pure. */
export function deploymentOf(service: string, stage: string, file: StageFile): Deployment {
  const deadLetterBucket = `${service}-${stage}-${file.accountId}-dead-letters`;
  const common = { stage, serviceName: service, triggerMode: file.trigger.mode, deadLetterBucket };
  const environment = (section: object, own: { readonly entries: object }) => ({
    ...toEnvironment({ ...common, ...pick(section, Object.keys(own.entries)) }),
    NODE_OPTIONS: '--enable-source-maps',
  });
  const { kinesisSink, documentdbSink } = file;
  return {
    service,
    stage,
    file,
    deadLetterBucket,
    functions: [
      {
        name: 'kinesisSink',
        id: 'KinesisSink',
        folder: 'kinesis-sink',
        roleName: `${service}-${stage}-kinesis`,
        environment: environment(kinesisSink, kinesisSection),
        memoryMb: kinesisSink.memoryMb,
        timeoutSeconds: kinesisSink.timeoutSeconds,
        bisectBatch: false,
      },
      {
        name: 'documentdbSink',
        id: 'DocumentdbSink',
        folder: 'documentdb-sink',
        roleName: `${service}-${stage}-documentdb`,
        environment: environment(documentdbSink, documentdbSection),
        memoryMb: documentdbSink.memoryMb,
        timeoutSeconds: documentdbSink.timeoutSeconds,
        vpc: { subnetIds: documentdbSink.subnetIds, securityGroupIds: documentdbSink.securityGroupIds },
        bisectBatch: true,
      },
    ],
  };
}

const pick = (section: object, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(section).filter(([name]) => names.includes(name)));
