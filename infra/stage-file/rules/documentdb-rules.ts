import { type CheckedFile, isWritten, type Rule } from './checked-file.ts';

const isNative = (file: CheckedFile): boolean =>
  isWritten(file, 'documentdbSink') && !isWritten(file, 'documentdbSink', 'connector');

/** Without a connector's file the section itself says where the cluster is, and who we are there. */
export const documentdbIsReachable: Rule = (file) => {
  if (!isNative(file)) return [];
  const { authentication } = file.sound.documentdbSink ?? {};
  const has = (name: string) => isWritten(file, 'documentdbSink', name);
  const missing = (name: string, why: string) => (has(name) ? [] : [`documentdbSink.${name} is missing: ${why}`]);
  return [
    ...missing('database', 'name the database that is written to, or a connector file in documentdbSink.connector'),
    ...(authentication === 'iam'
      ? [
          ...missing('host', "with authentication: iam no secret names the cluster's endpoint"),
          ...(has('secretArn')
            ? ['documentdbSink.secretArn is for authentication: password; with iam leave it out']
            : []),
        ]
      : [
          ...missing('secretArn', 'authentication: password needs a secret'),
          ...['host', 'port']
            .filter(has)
            .map((name) => `documentdbSink.${name} is for authentication: iam; with password the secret names it`),
        ]),
  ];
};

/** A bundle of the project is put beside the function: it has to be there, and to be one. */
export const caBundleIsThere: Rule = ({ sound, stage, surroundings }) => {
  const path = sound.documentdbSink?.caBundle;
  if (stage === 'local' || path === undefined || path === 'region' || /^(?:\/|s3:\/\/)/.test(path)) return [];
  const text = surroundings.readFile(path);
  if (text?.includes('-----BEGIN CERTIFICATE-----')) return [];
  return [
    text === undefined
      ? `documentdbSink.caBundle names ${path}, which does not exist: a path from the project's root`
      : `documentdbSink.caBundle: ${path} holds no PEM certificate; convert a JKS truststore with keytool -exportcert -rfc`,
  ];
};
