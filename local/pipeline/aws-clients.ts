import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Endpoints } from '../engines/endpoints.ts';

/** Clients for reading back, with the administrators of the local accounts, never with a function's role. */
const common = ({ aws }: Endpoints) => ({
  endpoint: aws.endpointUrl,
  region: aws.region,
  requestHandler: new NodeHttpHandler({ requestTimeout: 30_000, throwOnRequestTimeout: true }),
});

/** The stream's account. */
export const streamAdministrator = (endpoints: Endpoints): KinesisClient =>
  new KinesisClient({ ...common(endpoints), credentials: { ...endpoints.aws.administrators.accountB } });

/** The functions' account. */
export const bucketAdministrator = (endpoints: Endpoints): S3Client =>
  new S3Client({
    ...common(endpoints),
    credentials: { ...endpoints.aws.administrators.accountA },
    forcePathStyle: true,
  });
