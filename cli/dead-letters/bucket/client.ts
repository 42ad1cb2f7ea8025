import { S3Client } from '@aws-sdk/client-s3';
import type { Endpoints } from '../../../local/engines/endpoints.ts';
import { bucketAdministrator } from '../../../local/pipeline/aws-clients.ts';
import type { Options } from '../options.ts';

const ATTEMPTS_MAX = 5;

export interface ClientParts {
  readonly command: Options['command'];
  readonly stage: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The engines of this machine, if some run. */
  readonly runningEngines: () => Promise<Endpoints | undefined>;
}

/**
 * The client of a stage's bucket: with the credentials of the shell, but for the stage of `npm start` that of this machine, unless
 * the environment names another address of AWS.
 * @throws Error that says what to do for the stage of `npm start`
 */
export async function bucketClient({ command, stage, region, environment, ...parts }: ClientParts): Promise<S3Client> {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 = AWS_ENDPOINT_URL } = environment;
  if (stage !== 'local' || AWS_ENDPOINT_URL_S3 !== undefined) {
    // An S3 that is addressed by IP cannot have the bucket's name in its host name.
    return new S3Client({ region, maxAttempts: ATTEMPTS_MAX, forcePathStyle: AWS_ENDPOINT_URL_S3 !== undefined });
  }
  if (command === 'redrive') throw new Error(BY_THE_CONSOLE);
  const endpoints = await parts.runningEngines();
  if (endpoints === undefined) throw new Error(NOT_RUNNING);
  return bucketAdministrator(endpoints);
}

const BY_THE_CONSOLE =
  'redrive invokes deployed functions, and the stage local runs on this machine: use the button of the console, whose address npm start prints';

const NOT_RUNNING =
  'the stage local runs on this machine while npm start runs: start it, or choose a deployed stage with --stage';
