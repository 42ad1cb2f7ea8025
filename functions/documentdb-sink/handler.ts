import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../shared/clock.ts';
import { createDeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import { createS3Store } from '../../shared/dead-letter-store.ts';
import { createHandler } from '../../shared/lambda.ts';
import { settingsFromEnvironment } from '../../shared/parse-settings.ts';
import { createDocumentStore } from './client.ts';
import { configurationOf } from './configuration.ts';
import { createObjectReader, createParameterReader, createSecretReader } from './connection/aws-readers.ts';
import { bundleOf, createTrust } from './connection/trust.ts';
import { documentdbSettings } from './settings.ts';
import { createDocumentdbSink } from './sink.ts';

const settings = settingsFromEnvironment(documentdbSettings, process.env);
const { policy, readAddress, sinkSettings } = await configurationOf(settings, {
  readConnectorFile: () => readFileSync(join(import.meta.dirname, 'connector.properties'), 'utf8'),
  readSecret: createSecretReader(),
  readParameter: createParameterReader(),
  environment: process.env,
});
const parts = { settings: sinkSettings, policy, clock: systemClock, random: Math.random };
const pathStyle = process.env['AWS_ENDPOINT_URL'] !== undefined;
const letters = createS3Store({ bucket: settings.deadLetterBucket, pathStyle });
const readTrust = createTrust(bundleOf(settings.caBundle, import.meta.dirname, createObjectReader(pathStyle)));
const connection = { readAddress, readTrust, poolSizeMax: settings.poolSizeMax, appName: settings.serviceName };

export const handler = createHandler({
  ...settings,
  functionName: 'documentdbSink',
  createSink(telemetry) {
    const deadLetters = createDeadLetterQueue({ ...parts, ...telemetry, store: letters });
    const store = createDocumentStore({ ...parts, ...telemetry, ...connection });
    return createDocumentdbSink({ ...parts, ...telemetry, store, deadLetters });
  },
});
