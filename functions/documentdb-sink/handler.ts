import { systemClock } from '../../shared/clock.ts';
import { createDeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import { createS3Store } from '../../shared/dead-letter-store.ts';
import { createHandler } from '../../shared/lambda.ts';
import { settingsFromEnvironment } from '../../shared/parse-settings.ts';
import { addressOfSecret } from './address.ts';
import { createObjectReader, createSecretReader } from './aws-readers.ts';
import { createDocumentStore } from './client.ts';
import { createConnectionSecret } from './secret.ts';
import { documentdbSettings } from './settings.ts';
import { createDocumentdbSink } from './sink.ts';
import { bundleOf, createTrust } from './trust.ts';

const settings = settingsFromEnvironment(documentdbSettings, process.env);
const clock = systemClock;
const random = Math.random;
const pathStyle = process.env['AWS_ENDPOINT_URL'] !== undefined;
const letters = createS3Store({ bucket: settings.deadLetterBucket, pathStyle });
const readSecret = createConnectionSecret(settings.secretArn, createSecretReader());
const connection = {
  readAddress: async (signal: AbortSignal) => addressOfSecret(await readSecret(signal), settings.replicaSet),
  readTrust: createTrust(bundleOf(settings.caBundle, import.meta.dirname, createObjectReader(pathStyle))),
  poolSizeMax: settings.poolSizeMax,
  appName: settings.serviceName,
};

export const handler = createHandler({
  ...settings,
  functionName: 'documentdbSink',
  createSink: ({ log, meter }) => {
    const store = createDocumentStore({ ...connection, clock, log, meter });
    const deadLetters = createDeadLetterQueue({ store: letters, clock, random, meter });
    return createDocumentdbSink({ settings, store, deadLetters, clock, random, log, meter });
  },
});
