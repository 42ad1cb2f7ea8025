import type { SinkName } from '../../infra/sinks.ts';
import { documentDbClient } from '../../local/engines/documentdb/documentdb-client.ts';
import type { Endpoints } from '../../local/engines/endpoints.ts';
import type { LocalStage } from '../../local/local-stage.ts';
import { listKeys } from '../../local/orders/dead-letter-reader.ts';
import { readTexts } from '../../local/orders/document-reader.ts';
import { createStreamReader } from '../../local/orders/stream-reader.ts';
import { bucketAdministrator, streamAdministrator } from '../../local/pipeline/aws-clients.ts';

/** Looks at a target now; the returned function says what has changed since, in lines. */
export async function watchTarget(
  sink: SinkName,
  stage: LocalStage,
  endpoints: Endpoints,
): Promise<() => Promise<readonly string[]>> {
  const { deadLetterBucket } = stage.resources;
  const bucket = bucketAdministrator(endpoints);
  const letters = () => listKeys(bucket, deadLetterBucket);
  const lettersBefore = await letters();
  const seen = sink === 'kinesisSink' ? await watchStream(stage, endpoints) : await watchDocuments(stage, endpoints);
  return async () => [
    ...(await seen()),
    ...(await letters())
      .filter((key) => !lettersBefore.includes(key))
      .map((key) => `dead letter: s3://${deadLetterBucket}/${key}`),
  ];
}

async function watchStream({ resources: { stream } }: LocalStage, endpoints: Endpoints) {
  const reader = createStreamReader(streamAdministrator(endpoints), stream);
  await reader.readNew();
  return async () =>
    (await reader.readNew()).map(
      ({ shardId, partitionKey, data }) => `${stream} ${shardId}: ${partitionKey} ${shownBytes(data)}`,
    );
}

const shownBytes = (data: Buffer): string => {
  const text = data.toString();
  return Buffer.from(text).equals(data) ? text : `base64 ${data.toString('base64')}`;
};

async function watchDocuments({ database }: LocalStage, { documentdb }: Endpoints) {
  const read = async () => {
    const client = documentDbClient(documentdb, documentdb.administrator);
    try {
      return await readTexts(client, [database]);
    } finally {
      await client.close();
    }
  };
  const before = await read();
  return async () => changesOf(before, await read());
}

type Texts = Awaited<ReturnType<typeof readTexts>>;

/** Documents that are there now, and those that are gone or were changed. */
export const changesOf = (before: Texts, after: Texts): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].flatMap((namespace) => {
    const [old, now] = [before.get(namespace) ?? [], after.get(namespace) ?? []];
    return [
      ...old.filter((text) => !now.includes(text)).map((text) => `${namespace}: - ${text}`),
      ...now.filter((text) => !old.includes(text)).map((text) => `${namespace}: + ${text}`),
    ];
  });
