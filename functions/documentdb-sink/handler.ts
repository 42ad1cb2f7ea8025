import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import { createS3Store } from '../../shared/dead-letter/dead-letter-store.ts';
import { createHandler } from '../../shared/lambda.ts';
import { lazySink } from '../../shared/lazy-sink.ts';
import { settingsFromEnvironment } from '../../shared/settings/parse-settings.ts';
import { setV8Options } from '../../shared/settings/v8-options.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { loadConfiguration } from './load-configuration.ts';
import { documentdbSettings } from './settings.ts';
import { createDocumentdbSink } from './sink.ts';
import { createDocumentStore } from './target/client.ts';
import { createObjectReader, createParameterReader, createSecretReader } from './target/connection/aws-readers.ts';
import { bundleOf, createTlsContextReader } from './target/connection/tls-context.ts';

setV8Options('documentdbSink');
const settings = settingsFromEnvironment(documentdbSettings, process.env);
const pathStyle = process.env['AWS_ENDPOINT_URL'] !== undefined;
const readBundle = bundleOf(settings.caBundle, import.meta.dirname, createObjectReader(pathStyle));
const configuration = loadConfiguration(settings, {
  readConnectorFile: () => readFileSync(join(import.meta.dirname, 'connector.json'), 'utf8'),
  readSecret: createSecretReader(),
  readParameter: createParameterReader(),
  environment: process.env,
  readCaBundle: readBundle,
});
const deadLetterStore = createS3Store({ bucket: settings.deadLetterBucket, pathStyle });
const readTlsContext = createTlsContextReader(readBundle);

export const handler = createHandler({
  ...settings,
  functionName: 'documentdbSink',
  createSink: (telemetry) =>
    // The configuration loads while the module starts. The module itself awaits nothing: `invoke local` cannot load a
    // module with a top-level await.
    lazySink(async () => {
      const { mapper, preparation, readAddress, sinkSettings, probedPlaces } = await configuration;
      const parts = { ...telemetry, clock: systemClock, random: Math.random };
      const deadLetters = createDeadLetterQueue({ ...parts, store: deadLetterStore });
      const connection = { readAddress, readTlsContext, appName: settings.serviceName };
      const store = createDocumentStore({ ...parts, ...sinkSettings, ...connection });
      const sink = createDocumentdbSink({ ...parts, settings: sinkSettings, mapper, preparation, store, deadLetters });
      return {
        ...sink,
        async probe(signal) {
          const { probeDocumentdb } = await import('./target/probe.ts');
          return await probeDocumentdb(store, await probedPlaces())(signal);
        },
      };
    }),
});
