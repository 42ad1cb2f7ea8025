import { triggerOf } from '../../sinks.ts';
import { type CheckedFile, type Rule, sinksOf, triggerPath } from './checked-file.ts';

/**
 * AWS takes these only from the region of what uses them, and CloudFormation would stop halfway through a deployment.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html,
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html
 */
export const helpersAreInTheRegion: Rule = (file) => {
  const { region } = file.sound;
  if (region === undefined) return [];
  return regionalArns(file).flatMap(([path, arn]) => {
    const own = regionIn(arn);
    return own === undefined || own === region
      ? []
      : [`${path} is in ${own}, but the functions are in ${region}: write one of ${region}`];
  });
};

const regionalArns = (file: CheckedFile): readonly (readonly [path: string, arn: string | undefined])[] => {
  const { alarms, cluster, deadLetters, logKmsKeyArn } = file.sound;
  return [
    ['alarms.topicArn', alarms?.topicArn],
    ['alarms.pageTopicArn', alarms?.pageTopicArn],
    ['logKmsKeyArn', logKmsKeyArn],
    ['deadLetters.kmsKeyArn', deadLetters?.kmsKeyArn],
    ...(cluster?.authentication === 'saslScram512' ? ([['cluster.secretArn', cluster.secretArn]] as const) : []),
    ...new Map(
      sinksOf(file).map((sink) => [
        triggerPath(file, sink, 'filterKmsKeyArn'),
        triggerOf(file.sound, sink).filterKmsKeyArn,
      ]),
    ),
  ];
};

/**
 * A key encrypts what is in its own region, so that the right to use another would let no secret be read.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export const keysAreWithWhatTheyEncrypt: Rule = (file) =>
  encryptedArns(file).flatMap(({ path, key, encrypted }) => {
    const [own, wanted] = [regionIn(key), [...new Set(encrypted.map(regionIn))]];
    return own === undefined || wanted.length === 0 || wanted.includes(own)
      ? []
      : [`${path} is in ${own}, but what the key encrypts is in ${wanted.join(', ')}: write the key of that region`];
  });

interface Encrypted {
  readonly path: string;
  readonly key: string | undefined;
  readonly encrypted: readonly string[];
}

function encryptedArns(file: CheckedFile): readonly Encrypted[] {
  const { cluster, documentdbSink } = file.sound;
  const ofTriggers = sinksOf(file).flatMap((sink): readonly (readonly [string, Encrypted])[] => {
    const { onFailure, onFailureKmsKeyArn, schemaRegistry, schemaRegistryKmsKeyArn } = triggerOf(file.sound, sink);
    const [failurePath, registryPath] = ['onFailureKmsKeyArn', 'schemaRegistryKmsKeyArn'].map((name) =>
      triggerPath(file, sink, name),
    ) as [string, string];
    return [
      [failurePath, { path: failurePath, key: onFailureKmsKeyArn, encrypted: arnsIn(onFailure) }],
      [registryPath, { path: registryPath, key: schemaRegistryKmsKeyArn, encrypted: secretsOf(schemaRegistry) }],
    ];
  });
  return [
    { path: 'cluster.secretKmsKeyArn', key: cluster?.secretKmsKeyArn, encrypted: arnsIn(cluster?.secretArn) },
    {
      path: 'documentdbSink.secretKmsKeyArn',
      key: documentdbSink?.secretKmsKeyArn,
      encrypted: arnsIn(documentdbSink?.secretArn),
    },
    ...new Map(ofTriggers).values(),
  ];
}

const secretsOf = (registry: { readonly [name: string]: unknown } | undefined): readonly string[] => {
  const configs = registry?.['AccessConfigs'];
  return Array.isArray(configs)
    ? configs.flatMap((config: { readonly URI?: unknown } | null) => arnsIn(config?.URI))
    : [];
};

const arnsIn = (text: unknown): readonly string[] =>
  typeof text === 'string' && text.startsWith('arn:') ? [text] : [];

/** arn:aws:service:<region>:<account>:.. */
const regionIn = (arn: string | undefined): string | undefined => arn?.split(':')[3];
