import { anyText, flag, orEmpty, secretText } from '../forms.ts';
import { implemented, meaningless, type Property, refused } from '../property.ts';

const NO_STABLE_API = 'DocumentDB has no Stable API';
const NO_ENCRYPTION = {
  reason: 'client-side field level encryption needs key vaults and libraries that the function does not have',
  remedy: 'encrypt in the producer, or leave fields encrypted as they come',
};
const NO_CUSTOM_LOGIN = {
  reason: 'a Java class cannot log in for this function',
  remedy: 'for IAM put authMechanism=MONGODB-AWS&authSource=$external into connection.uri',
};
const CLIENT_CERTIFICATE = 'DocumentDB asks for no client certificate';
const CA_BUNDLE = 'the CA bundle of `documentdbSink.caBundle` in the stage file stands in for it';

/** How the cluster is reached. */
export const CONNECTION_PROPERTIES: readonly Property[] = [
  implemented('connection.uri', {
    form: secretText,
    default: 'mongodb://localhost:27017',
    description: 'The connection string, whole or with placeholders of config providers in it.',
  }),
  meaningless('connection.ssl.truststore', CA_BUNDLE, { form: secretText, description: 'A JKS file.' }),
  meaningless('connection.ssl.truststorePassword', CA_BUNDLE, { form: secretText, description: 'Its password.' }),
  meaningless('connection.ssl.keystore', CLIENT_CERTIFICATE, { form: secretText, description: 'A JKS file.' }),
  meaningless('connection.ssl.keystorePassword', CLIENT_CERTIFICATE, {
    form: secretText,
    description: 'Its password.',
  }),
  meaningless('server.api.version', NO_STABLE_API, { form: anyText, description: 'The Stable API.' }),
  meaningless('server.api.deprecation.errors', NO_STABLE_API, {
    form: flag,
    default: 'false',
    description: 'Of the Stable API.',
  }),
  meaningless('server.api.strict', NO_STABLE_API, { form: flag, default: 'false', description: 'Of the Stable API.' }),
  refused('mongo.custom.auth.mechanism.enable', NO_CUSTOM_LOGIN, {
    form: flag,
    default: 'false',
    description: 'A login by a Java class.',
  }),
  refused('mongo.custom.auth.mechanism.providerClass', NO_CUSTOM_LOGIN, { form: anyText, description: 'That class.' }),
  refused('csfle.enabled', NO_ENCRYPTION, {
    form: flag,
    default: 'false',
    description: 'Client-side field level encryption.',
  }),
  refused('csfle.key.vault.namespace', NO_ENCRYPTION, { form: anyText, description: 'Where its keys are.' }),
  refused('csfle.local.master.key', NO_ENCRYPTION, { form: secretText, description: 'Its master key.' }),
  refused('csfle.schema.map', NO_ENCRYPTION, { form: anyText, description: 'Which fields it encrypts.' }),
  refused('csfle.bypass.query.analysis', NO_ENCRYPTION, {
    form: flag,
    default: 'true',
    description: 'Of its library.',
  }),
  meaningless('provider', "it is a word in the driver's handshake", {
    form: orEmpty(anyText),
    description: 'Who runs the connector.',
  }),
];
