// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { expect, it } from 'vitest';
import { connectionStringProblems } from '../../../../../functions/documentdb-sink/connection/connection-string.ts';

const NO_PROVIDERS: ReadonlyMap<string, string> = new Map();
const problems = (connectionUri: string, providers = NO_PROVIDERS) =>
  connectionStringProblems({ connectionUri, providers });

it.each([
  'mongodb://u:SECRET@c.example:27017/?tls=true&replicaSet=rs0&readPreference=secondaryPreferred&retryWrites=false',
  'mongodb+srv://u:SECRET@c.example/',
  'mongodb://${sm:docdb:username}:${sm:docdb:password}@${ssm::/docdb/host}:27017/?tls=true',
  '${sm:docdb:uri}',
  'mongodb://u@c/?tlsAllowInvalidHostnames=false&sslValidate=true',
  'mongodb://u@c/?tls=false',
  'mongodb://c/?authMechanism=MONGODB-AWS&tls=true',
])('%s can be used', (uri) => {
  expect(problems(uri)).toEqual([]);
});

it.each([
  ['postgres://SECRET', 'must begin with mongodb://'],
  ['postgres://${sm:a:b}@SECRET', 'must begin with mongodb://'],
  [
    'mongodb://${vault:a:b}@c/',
    'holds ${vault:a:b}, and vault is no config provider: declare its class, or use sm, ssm or env',
  ],
  ['mongodb://u@c/${s3import::b/file}', 'holds ${s3import::b/file}, which stands for a file: use sm, ssm or env'],
  ['mongodb://u:SECRET@c/?tlsInsecure=true', 'sets tlsInsecure: certificates are always checked'],
  ['mongodb://c/?w=1&tlsAllowInvalidCertificates=true', 'sets tlsAllowInvalidCertificates'],
  ['mongodb://c/?tlsAllowInvalidHostnames=TRUE', 'sets tlsAllowInvalidHostnames'],
  ['mongodb://c/?sslValidate=false', 'sets sslValidate'],
  ['mongodb://c/?authMechanism=MONGODB-AWS&tls=false', 'uses MONGODB-AWS without TLS: leave tls=false out'],
])('%s is refused with what to do about it, and without what it holds', (uri, words) => {
  const found = problems(uri);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(words);
  expect(found[0]).not.toContain('SECRET');
});

it('knows the providers the file declares', () => {
  const providers = new Map([['vault', 'com.amazonaws.kafka.config.providers.SecretsManagerConfigProvider']]);
  expect(problems('mongodb://${vault:a:b}@c/', providers)).toEqual([]);
});
