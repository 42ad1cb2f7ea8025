import {
  configuredNamespace,
  NAMESPACE_MAPPER,
} from '../../../functions/documentdb-sink/connector/namespace-mapper.ts';
import { NAMESPACE_BYTES_MAX } from '../../../functions/documentdb-sink/limits.ts';
import { caBundleOf, publishedBundleOf } from '../../bundle/ca-bundle.ts';
import { triggerOf } from '../../sinks.ts';
import { type CheckedFile, isWritten, type Rule } from './checked-file.ts';

const isNative = (file: CheckedFile): boolean =>
  isWritten(file, 'documentdbSink') && !isWritten(file, 'documentdbSink', 'connector');

/** Without a connector file, the section must name the cluster and the credentials. */
export const documentdbIsReachable: Rule = (file) => {
  if (!isNative(file)) return [];
  const { authentication } = file.sound.documentdbSink ?? {};
  const has = (name: string) => isWritten(file, 'documentdbSink', name);
  const missing = (name: string, why: string) => (has(name) ? [] : [`documentdbSink.${name} is missing: ${why}`]);
  return [
    ...missing('database', 'write the database, or a connector file in documentdbSink.connector'),
    ...(authentication === 'iam'
      ? [
          ...missing('host', "authentication: iam needs the cluster's endpoint"),
          ...(has('secretArn')
            ? ['documentdbSink.secretArn applies only to authentication: password; remove it for iam']
            : []),
        ]
      : [
          ...missing('secretArn', 'authentication: password needs a secret'),
          ...['host', 'port']
            .filter(has)
            .map(
              (name) =>
                `documentdbSink.${name} applies only to authentication: iam; with password the secret holds it: remove it`,
            ),
        ]),
  ];
};

/**
 * Without a collection, the topic's name is the collection's. DocumentDB would refuse each write, and the topic would stand.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html
 */
export const topicsAreCollections: Rule = (file) => {
  const { topics = [] } = triggerOf(file.sound, 'documentdbSink');
  return topics.flatMap((topic) => {
    const { database, collection } = namespaceIn(file, topic) ?? {};
    const why = database === undefined || collection !== topic ? undefined : refusalOf(database, topic);
    if (why === undefined) return [];
    const [place, name] =
      file.connector === undefined
        ? ['', 'documentdbSink.collection']
        : [`${file.connector.path}: `, `topic.override.${topic}.collection, or in collection`];
    return [
      `${place}the topic ${topic} gives a collection that DocumentDB refuses: ${why}; write another name in ${name}`,
    ];
  });
};

/** Undefined where a record may name the collection. */
function namespaceIn({ connector, sound }: CheckedFile, topic: string) {
  if (connector === undefined) {
    const { database, collection = topic } = sound.documentdbSink ?? {};
    return { database, collection };
  }
  const properties = connector.connector.propertiesByTopic(topic);
  const isFixed = properties.text(NAMESPACE_MAPPER).endsWith('.DefaultNamespaceMapper');
  return isFixed ? configuredNamespace(topic, properties) : undefined;
}

function refusalOf(database: string, collection: string): string | undefined {
  if (collection.startsWith('system.')) return 'the name begins with system.';
  return Buffer.byteLength(`${database}.${collection}`) > NAMESPACE_BYTES_MAX
    ? `${database}.<collection> may have ${NAMESPACE_BYTES_MAX} bytes`
    : undefined;
}

/** A CA bundle in the project is packaged with the function: the file must exist and hold a PEM certificate. */
export const caBundleIsThere: Rule = ({ sound, stage, surroundings }) => {
  const path = sound.documentdbSink?.caBundle;
  if (stage === 'local' || path === undefined || path === 'region' || /^(?:\/|s3:\/\/)/.test(path)) return [];
  const text = surroundings.readFile(path);
  if (text?.includes('-----BEGIN CERTIFICATE-----')) return [];
  return [
    text === undefined
      ? `documentdbSink.caBundle: there is no file ${path}; write a path relative to the project's root`
      : `documentdbSink.caBundle: ${path} holds no PEM certificate; convert a JKS truststore with keytool -exportcert -rfc`,
  ];
};

/** Without the roots of its own region, the function would fail at the first connection. */
export const regionHasRoots: Rule = ({ sound, stage }) => {
  const { region, documentdbSink } = sound;
  if (stage === 'local' || region === undefined || documentdbSink?.caBundle !== 'region') return [];
  if (caBundleOf(region) !== undefined) return [];
  return [
    `documentdbSink.caBundle is missing: this project has no root certificates of DocumentDB in ${region}; download them from ${publishedBundleOf(region)} into the project, and write their path, such as config/${region}.pem`,
  ];
};
