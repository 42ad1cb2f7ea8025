import { describeForeign } from '../../../../../shared/errors.ts';
import { type HttpReply, httpCall } from '../http-call.ts';
import { jsonObjectOf, textIn } from '../schema/schema-json.ts';
import { misconfigured, outage, type SchemaAnswer, type SchemaSource } from '../schema-source.ts';
import type { ReadCredentials } from './glue-credentials.ts';
import { type AwsCredentials, signedHeaders } from './sign.ts';

export interface GlueParts {
  readonly region: string;
  readonly endpoint: URL;
  readonly readCredentials: ReadCredentials;
  /** Tests have their own. */
  readonly call?: typeof httpCall;
}

/** Errors by name, of which another try may be free. https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html */
const TRANSIENT: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'InternalServiceException',
  'InternalFailure',
  'ServiceUnavailable',
  'OperationTimeoutException',
  'RequestTimeoutException',
]);

/** Errors that a new session may cure. https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html */
const CREDENTIALS_REFUSED: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
]);

/** AWS Glue's schema registry. https://docs.aws.amazon.com/glue/latest/webapi/API_GetSchemaVersion.html */
export function createGlueSource({ region, endpoint, readCredentials, call = httpCall }: GlueParts): SchemaSource {
  async function ask(id: string, signal: AbortSignal): Promise<SchemaAnswer> {
    const body = JSON.stringify({ SchemaVersionId: id });
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSGlue.GetSchemaVersion' };
    const send = async (credentials: AwsCredentials) => {
      const signed = await signedHeaders({ url: endpoint, headers, body }, region, credentials);
      return await call(endpoint, { method: 'POST', headers: signed, body }, signal);
    };
    const credentials = await readCredentials(signal);
    const reply = await send(credentials);
    if (!CREDENTIALS_REFUSED.has(errorNameOf(reply))) return understood(reply);
    const renewed = await readCredentials(signal, credentials);
    return understood(renewed.accessKeyId === credentials.accessKeyId ? reply : await send(renewed));
  }
  return {
    fetch: (id, signal) =>
      ask(id, signal).catch((error: unknown) =>
        outage(`AWS Glue does not answer, or its credentials cannot be had (${describeForeign(error)})`),
      ),
  };
}

const errorNameOf = ({ body }: HttpReply): string =>
  textIn(jsonObjectOf(body)?.['__type'])?.split('#').at(-1)?.split(':')[0] ?? '';

function understood({ status, body }: HttpReply): SchemaAnswer {
  const content = jsonObjectOf(body);
  const { SchemaDefinition: text, DataFormat: type } = content ?? {};
  if (status === 200 && typeof text === 'string' && typeof type === 'string') {
    return { kind: 'found', schema: { type, text, references: new Map() } };
  }
  const name = errorNameOf({ status, body });
  if (name === 'EntityNotFoundException') return { kind: 'unknown' };
  if (status >= 500 || status === 429 || TRANSIENT.has(name)) return outage(`AWS Glue answers ${status} ${name}`);
  return misconfigured(
    `AWS Glue answers ${status} ${name}: the function's role needs glue:GetSchemaVersion, and region must be the registry's`,
  );
}
