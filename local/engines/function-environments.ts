import { executionCredentials, type LocalAccounts } from './aws/accounts.ts';
import { resourceArns } from './aws/resources.ts';
import type { Credentials, Endpoints } from './endpoints.ts';

/**
 * The variables that Lambda adds to a function's environment (region and a session of its role), and those of the local
 * pipeline: the endpoint of AWS and the CA of the DocumentDB stand-in. The SDK reads AWS_ENDPOINT_URL for every
 * service without its own AWS_ENDPOINT_URL_<SERVICE>: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export async function functionEnvironments(accounts: LocalAccounts, caFile: string): Promise<Endpoints['functions']> {
  const arns = resourceArns(accounts.resources);
  const [kinesis, documentdb] = await Promise.all([
    executionCredentials(accounts, arns.kinesisRole),
    executionCredentials(accounts, arns.documentdbRole),
  ]);
  return {
    kinesisSink: { environment: environmentOf(accounts, kinesis) },
    documentdbSink: { environment: { ...environmentOf(accounts, documentdb), MSK_SINKS_CA_BUNDLE: caFile } },
  };
}

/** The same endpoints, with another address for kinesisSink's calls to Kinesis. */
export function reachKinesisAt(endpoints: Endpoints, kinesisUrl: string): Endpoints {
  const { kinesisSink } = endpoints.functions;
  const environment = { ...kinesisSink.environment, AWS_ENDPOINT_URL_KINESIS: kinesisUrl };
  return { ...endpoints, functions: { ...endpoints.functions, kinesisSink: { environment } } };
}

function environmentOf(accounts: LocalAccounts, session: Credentials): Readonly<Record<string, string>> {
  return {
    AWS_REGION: accounts.resources.region,
    AWS_DEFAULT_REGION: accounts.resources.region,
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: session.sessionToken ?? '',
    AWS_ENDPOINT_URL: accounts.endpointUrl,
    // Block calls to the instance metadata service: all traffic stays on 127.0.0.1.
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
