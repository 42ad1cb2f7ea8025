import type { SinkName } from '../../infra/sinks.ts';
import { nodeOptionsOf } from '../../infra/template/node-options.ts';
import type { CertificateFiles } from '../../local/engines/install/certificate.ts';
import { toEnvironment } from '../../shared/settings/parse-settings.ts';
import { type ServerProcess, startServer } from '../processes/server-process.ts';
import { serverCertificate } from './certificate.ts';
import { type BuiltFunctions, buildFunctions } from './functions.ts';

type Settings = Readonly<Record<string, string | number>>;

/** What all jobs share: built functions, and servers that acknowledge. */
export interface Surroundings {
  readonly functions: BuiltFunctions;
  readonly certificate: CertificateFiles;
  readonly aws: ServerProcess;
  readonly documentdb: ServerProcess;
  kinesisEnvironment(settings?: Settings): Readonly<Record<string, string>>;
  documentdbEnvironment(settings?: Settings): Readonly<Record<string, string>>;
  /** For a peer. */
  awsEnvironment(more?: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  stop(): void;
}

const COMMON: Settings = {
  stage: 'bench',
  serviceName: 'msk-sinks',
  triggerMode: 'provisioned',
  deadLetterBucket: 'dead-letters',
};

/** `memorySize` of serverless.yml, which decides the size of the heap. */
export const KINESIS_MEMORY = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512' };
export const DOCUMENTDB_MEMORY = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024' };

const optionsOf = (sink: SinkName, { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryMb }: typeof KINESIS_MEMORY) => ({
  NODE_OPTIONS: nodeOptionsOf(sink, Number(memoryMb)),
});

export async function startSurroundings(progress: (line: string) => void): Promise<Surroundings> {
  const certificate = await serverCertificate(progress);
  progress('Bench: building the functions and their peers ..');
  const functions = await buildFunctions();
  const tls = { CERTIFICATE: certificate.certificate, KEY: certificate.key };
  const documentdb = await startServer('documentdb-server', tls);
  const aws = await startServer('aws-server', { ...tls, DOCUMENTDB_PORT: String(documentdb.ports['tls']) });
  const awsEnvironment = (more: Readonly<Record<string, string>> = {}) => ({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'ASIAX',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 't'.repeat(600),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: `https://127.0.0.1:${aws.ports['https']}`,
    NODE_EXTRA_CA_CERTS: certificate.ca,
    ...more,
  });
  return {
    functions,
    certificate,
    aws,
    documentdb,
    awsEnvironment,
    kinesisEnvironment: (settings = {}) =>
      awsEnvironment({
        ...KINESIS_MEMORY,
        ...optionsOf('kinesisSink', KINESIS_MEMORY),
        ...toEnvironment({
          ...COMMON,
          streamArn: 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders',
          roleArn: 'arn:aws:iam::222222222222:role/writer',
          ...settings,
        }),
      }),
    documentdbEnvironment: (settings) =>
      awsEnvironment({
        ...DOCUMENTDB_MEMORY,
        ...optionsOf('documentdbSink', DOCUMENTDB_MEMORY),
        ...toEnvironment({ ...COMMON, caBundle: certificate.ca, ...(settings ?? NATIVE) }),
      }),
    stop() {
      aws.stop();
      documentdb.stop();
    },
  };
}

/** Settings of a stage file, without a connector file. */
export const NATIVE: Settings = {
  secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders',
  database: 'shop',
  replicaSet: 'none',
};
