import { anyText, flag, orEmpty, secretText } from '../forms.ts';
import { implemented, meaningless, type Property, refused } from '../property.ts';

const NO_STABLE_API = 'DocumentDB has no Stable API';
const NO_ENCRYPTION = {
  reason: 'the function has no key vault and no library for client-side field level encryption',
  remedy: 'encrypt the fields in the producer',
};
const NO_CUSTOM_LOGIN = {
  reason: 'the function cannot run a Java class to authenticate',
  remedy: 'for IAM authentication set authMechanism=MONGODB-AWS&authSource=$external in connection.uri',
};
const CLIENT_CERTIFICATE = 'DocumentDB does not use client certificates';
const CA_BUNDLE = '`documentdbSink.caBundle` in the stage file replaces the truststore';

/** Properties of the connection to the cluster. */
export const CONNECTION_PROPERTIES: readonly Property[] = [
  implemented('connection.uri', {
    form: secretText,
    default: 'mongodb://localhost:27017',
    description: 'Connection string. May be, or may contain, placeholders of config providers.',
  }),
  meaningless('connection.ssl.truststore', CA_BUNDLE, {
    form: secretText,
    description: 'JKS file with trusted certificates.',
  }),
  meaningless('connection.ssl.truststorePassword', CA_BUNDLE, {
    form: secretText,
    description: 'Password of the truststore.',
  }),
  meaningless('connection.ssl.keystore', CLIENT_CERTIFICATE, {
    form: secretText,
    description: 'JKS file with the client certificate.',
  }),
  meaningless('connection.ssl.keystorePassword', CLIENT_CERTIFICATE, {
    form: secretText,
    description: 'Password of the keystore.',
  }),
  meaningless('server.api.version', NO_STABLE_API, { form: anyText, description: 'Version of the Stable API.' }),
  meaningless('server.api.deprecation.errors', NO_STABLE_API, {
    form: flag,
    default: 'false',
    description: 'Whether deprecated commands fail.',
  }),
  meaningless('server.api.strict', NO_STABLE_API, {
    form: flag,
    default: 'false',
    description: 'Whether commands outside the Stable API fail.',
  }),
  refused('mongo.custom.auth.mechanism.enable', NO_CUSTOM_LOGIN, {
    form: flag,
    default: 'false',
    description: 'Whether a Java class authenticates.',
  }),
  refused('mongo.custom.auth.mechanism.providerClass', NO_CUSTOM_LOGIN, {
    form: anyText,
    description: 'Java class that authenticates.',
  }),
  refused('csfle.enabled', NO_ENCRYPTION, {
    form: flag,
    default: 'false',
    description: 'Client-side field level encryption.',
  }),
  refused('csfle.key.vault.namespace', NO_ENCRYPTION, { form: anyText, description: 'Namespace of the key vault.' }),
  refused('csfle.local.master.key', NO_ENCRYPTION, { form: secretText, description: 'Local master key.' }),
  refused('csfle.schema.map', NO_ENCRYPTION, {
    form: anyText,
    description: 'Schemas that select the encrypted fields.',
  }),
  refused('csfle.bypass.query.analysis', NO_ENCRYPTION, {
    form: flag,
    default: 'true',
    description: 'Whether automatic query analysis is skipped.',
  }),
  meaningless('provider', "only the driver's handshake contains this name", {
    form: orEmpty(anyText),
    description: 'Name of the hosting provider.',
  }),
];
