import { SignatureV4 } from '@smithy/signature-v4';
import { type AwsCredentials, Sha256 } from '../../functions/documentdb-sink/connector/registry/glue/sign.ts';

/** MSK takes a token of at most this age. https://github.com/aws/aws-msk-iam-sasl-signer-js */
const TOKEN_SECONDS_MAX = 900;

/**
 * The token of SASL/OAUTHBEARER for a cluster with IAM: a signed URL, as base64url.
 * https://docs.aws.amazon.com/msk/latest/developerguide/configure-clients-for-iam-access-control.html
 */
export async function iamToken(
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  signingDate: Date,
): Promise<string> {
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  const signer = new SignatureV4({ service: 'kafka-cluster', region, sha256: Sha256, credentials });
  const hostname = `kafka.${region}.amazonaws.com`;
  const request = {
    ...{ method: 'GET', protocol: 'https:', hostname, path: '/' },
    headers: { host: hostname },
    query: { Action: 'kafka-cluster:Connect' },
  };
  const { query } = await signer.presign(request, { signingDate, expiresIn: TOKEN_SECONDS_MAX });
  // The signature does not cover the client's name.
  const parameters = Object.entries({ ...query, 'User-Agent': 'msk-sinks' });
  const search = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return Buffer.from(`https://${hostname}/?${search.join('&')}`).toString('base64url');
}
