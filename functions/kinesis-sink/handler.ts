import { randomUUID } from 'node:crypto';
import { createDeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import { createS3Store } from '../../shared/dead-letter/dead-letter-store.ts';
import { createHandler } from '../../shared/lambda.ts';
import { setV8Options } from '../../shared/settings/v8-options.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { kinesisSettingsFrom } from './settings/parse-environment.ts';
import { sessionNameOf } from './settings/session-name.ts';
import { tombstoneOf } from './settings/settings.ts';
import { createKinesisSink } from './sink.ts';
import { createKinesisClient } from './target/client.ts';
import { createPreflight } from './target/preflight.ts';

const functionName = 'kinesisSink';
setV8Options(functionName);
const settings = kinesisSettingsFrom(process.env);
const time = { clock: systemClock, random: Math.random };
const store = createS3Store({
  bucket: settings.deadLetterBucket,
  pathStyle: process.env['AWS_ENDPOINT_URL'] !== undefined,
});
const sessionName = sessionNameOf(settings.sessionName, { stage: settings.stage, uuid: randomUUID() });

export const handler = createHandler({
  ...settings,
  functionName,
  createSink: (telemetry) => {
    const port = createKinesisClient({ ...settings, ...telemetry, sessionName });
    const sink = createKinesisSink({
      ...time,
      ...telemetry,
      port,
      preflight: createPreflight({ ...time, ...telemetry, port, options: settings }),
      deadLetters: createDeadLetterQueue({ ...time, ...telemetry, store }),
      options: {
        ...settings,
        functionName,
        tombstone: tombstoneOf(settings),
        recordBytesMax: settings.recordKiBMax * 1024,
        randomKey: randomUUID,
      },
    });
    const probe = async (signal: AbortSignal) =>
      (await import('./target/probe.ts')).probeStream(port, settings.roleArn)(signal);
    return { ...sink, probe };
  },
});
