import { randomBytes, randomUUID } from 'node:crypto';
import { systemClock } from '../../shared/clock.ts';
import { createDeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import { createS3Store } from '../../shared/dead-letter-store.ts';
import { createHandler } from '../../shared/lambda.ts';
import { settingsFromEnvironment } from '../../shared/parse-settings.ts';
import { createKinesisClient } from './client.ts';
import { kinesisSettings } from './settings.ts';
import { createKinesisSink } from './sink.ts';

const functionName = 'kinesisSink';
const settings = settingsFromEnvironment(kinesisSettings, process.env);
const time = { clock: systemClock, random: Math.random };
const store = createS3Store({
  bucket: settings.deadLetterBucket,
  pathStyle: process.env['AWS_ENDPOINT_URL'] !== undefined,
});
const sessionName = `msk-sinks-${settings.stage}-${randomBytes(4).toString('hex')}`;
const port = createKinesisClient({ roleArn: undefined, externalId: undefined, ...settings, sessionName });

export const handler = createHandler({
  ...settings,
  functionName,
  createSink: ({ meter }) =>
    createKinesisSink({
      ...time,
      port,
      meter,
      deadLetters: createDeadLetterQueue({ ...time, store, meter }),
      options: {
        ...settings,
        functionName,
        recordBytesMax: settings.recordKiBMax * 1024,
        randomKey: randomUUID,
      },
    }),
});
