import { join } from 'node:path';
import { systemClock } from '../../shared/clock.ts';
import { createDeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import { createS3Store } from '../../shared/dead-letter-store.ts';
import { createHandler } from '../../shared/lambda.ts';
import { settingsFromEnvironment } from '../../shared/parse-settings.ts';
import { createDocumentStore } from './client.ts';
import { createNativePolicy } from './native-policy.ts';
import { createSecretReader } from './secret.ts';
import { documentdbSettings } from './settings.ts';
import { createDocumentdbSink } from './sink.ts';
import { readTrust } from './trust.ts';

const settings = settingsFromEnvironment(documentdbSettings, process.env);
const caFile = settings.caBundle === 'region' ? join(import.meta.dirname, 'ca-bundle.pem') : settings.caBundle;
const clock = systemClock;
const random = Math.random;
const letters = createS3Store({
  bucket: settings.deadLetterBucket,
  pathStyle: process.env['AWS_ENDPOINT_URL'] !== undefined,
});
const store = createDocumentStore({
  readSecret: createSecretReader(settings.secretArn),
  readTrust: () => readTrust(caFile),
  replicaSet: settings.replicaSet,
  poolSizeMax: settings.poolSizeMax,
  appName: settings.serviceName,
});

const policy = createNativePolicy(settings);
const sinkSettings = { ...settings, epochs: new Map<string, number>(), onNoMatch: 'ignore' } as const;

export const handler = createHandler({
  ...settings,
  functionName: 'documentdbSink',
  createSink: ({ log, meter }) => {
    const deadLetters = createDeadLetterQueue({ store: letters, clock, random, meter });
    return createDocumentdbSink({ settings: sinkSettings, policy, store, deadLetters, clock, random, log, meter });
  },
});
