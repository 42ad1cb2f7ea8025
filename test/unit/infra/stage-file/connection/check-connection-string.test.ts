// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { describe, expect, it } from 'vitest';
import { checkConnectionString } from '../../../../../infra/stage-file/connection/check-connection-string.ts';

const NO_PROVIDERS: ReadonlyMap<string, string> = new Map();
const check = (connectionUri: string, environment = {}, providers = NO_PROVIDERS) =>
  checkConnectionString({ connectionUri, providers }, environment);

describe('a connection string', () => {
  it.each([
    'mongodb://u:SECRET@c.example:27017/?tls=true&replicaSet=rs0&retryWrites=false',
    'mongodb+srv://u:SECRET@c.example/',
    'mongodb://${sm:docdb:username}:${sm:docdb:password?ttl=3}@${ssm::/docdb/host}:${sm:docdb:port}/?tls=true',
    'mongodb://${sm:docdb:login}@c.example,d.example:27018/shop?${ssm::/docdb/options}',
    'mongodb://c/?replicaSet=${ssm::/name}&authSource=${ssm::/source}',
    '${sm:docdb:uri}',
    'mongodb://u@c/?tlsAllowInvalidHostnames=false&sslValidate=true&w=majority',
    'mongodb://u@c/?tls=false',
    'mongodb://u@c/?ssl=TRUE;tls=yes&replicaSet=&replicaSet=rs0',
    'mongodb://c/?authMechanism=MONGODB-AWS&authSource=$external&tls=true',
  ])('%s can be used', (uri) => {
    expect(check(uri)).toEqual({ problems: [], dropped: [] });
  });

  it.each([
    ['postgres://SECRET', 'must begin with mongodb://'],
    ['postgres://${sm:a:b}@SECRET', 'must begin with mongodb://'],
    ["'${MONGO_URL}'", 'write an environment variable as ${env:NAME}'],
    [
      'mongodb://${vault:a:b}@c/',
      'contains ${vault:a:b}, but no config provider has the name vault: declare its class, or use sm, ssm or env',
    ],
    [
      'mongodb://u@c/${s3import::b/file}',
      'contains ${s3import::b/file}, but s3import returns a file: use sm, ssm or env',
    ],
    ['${sm:uri}', 'contains ${sm:uri}, which names no field of a secret: write ${sm:NAME:FIELD}'],
    ['mongodb://u@${ssm::}/', 'contains ${ssm::}, which names no parameter: write ${ssm::PARAMETER}'],
    ['mongodb://u:SE@CRET@c/', 'percent-encode'],
    ['mongodb://u:SE:CRET@c/', 'percent-encode'],
    ['mongodb://u:SE/CRET@c/', 'percent-encode'],
    ['mongodb://u:SE?CRET@c/', 'percent-encode'],
    ['mongodb://u:SE%CRET@c/', 'percent-encode'],
    ['mongodb://u:1?SECRET=1@c/', 'percent-encode'],
    ['mongodb://c:SECRET/', 'cannot be parsed'],
    ['mongodb:///?tls=true', 'cannot be parsed'],
    ['mongodb://u:SECRET@c/?retrywrite=SECRET', 'sets retrywrite, but no driver has this option: remove it'],
    ['mongodb://u:SECRET@c/?directConnection=SECRET', 'refuses the values, or the combination, of directConnection'],
    ['mongodb://c/?authMechanism=MONGODB-AWS&tls=false', 'uses MONGODB-AWS without TLS: remove tls=false'],
  ])('%s is refused with a remedy, and not quoted', (uri, words) => {
    const { problems } = check(uri);
    expect(problems).toEqual([expect.stringContaining(words)]);
    expect(problems[0]).not.toMatch(/SECRET|CRET/);
  });

  it.each([
    ['tlsCAFile=SECRET', 'caBundle'],
    ['ssl_ca_certs=SECRET', 'caBundle'],
    ['uuidRepresentation=standard', 'other languages'],
    ['maxLifeTimeMS=300000', 'other languages'],
    ['streamType=netty', 'other languages'],
    ['readPreference=secondaryPreferred', 'the function itself sets'],
    ['retryWrites=true', 'the function itself sets'],
    ['compressors=snappy', 'the function itself sets'],
    ['tlsInsecure=true', 'always verifies'],
    ['tlsAllowInvalidHostnames=TRUE', 'always verifies'],
    ['sslValidate=false', 'always verifies'],
  ])('with an option that the function does not use lists the option: %s', (option, reason) => {
    const [name] = option.split('=');
    expect(check(`mongodb://u@c/?${option}&tls=true`)).toEqual({
      problems: [],
      dropped: [{ name, reason: expect.stringContaining(reason) }],
    });
  });

  it('is checked with the values of the environment, encoded like in the function, and never quoted', () => {
    expect(check('mongodb://${env:USER}:${env:PASSWORD}@c/', { USER: 'a', PASSWORD: 'p@ss' }).problems).toEqual([]);
    const { problems } = check('${env:URI}', { URI: 'mongodb://u:SE@CRET@c/' });
    expect(problems).toEqual([expect.stringContaining('percent-encode')]);
    expect(check('${env:URI}', { URI: 'postgres://SECRET' }).problems.join()).not.toContain('SECRET');
  });

  it.each([
    ['xmongodb://u@c/', 'must begin with mongodb:// or mongodb+srv://'],
    ['"$MONGO_URL"', 'write an environment variable as ${env:NAME}'],
    ['$MONGO_URL', 'write an environment variable as ${env:NAME}'],
    ['mongodb://c?x@y', 'cannot be parsed'],
    ['mongodb://${env:MISSING}@c/', 'contains ${env:MISSING}: set MISSING in the environment of this command'],
    ['mongodb://${sm:docdb:}@c/', 'which names no field of a secret'],
    ['mongodb://u:SECRET@c/?SECRET!=1', 'sets something, but no driver has this option'],
    ['mongodb://u@c/?a%20SECRET=1', 'sets something, but no driver has this option'],
  ])('%s is refused: %s', (uri, words) => {
    const { problems } = check(uri);
    expect(problems).toEqual([expect.stringContaining(words)]);
    expect(problems.join()).not.toContain('SECRET');
  });

  it('says how to write a variable only where a variable is meant', () => {
    expect(check('postgres://a$b').problems).toEqual(['must begin with mongodb:// or mongodb+srv://']);
  });

  it('is one problem for each option that the driver refuses, and names no option that it does not use', () => {
    const { problems } = check('mongodb://u@c/?directConnection=x&readPreference=nearest&replicaSet=${ssm::/name}');
    expect(problems).toEqual([expect.stringMatching(/combination, of directConnection; correct them$/)]);
  });

  it('that begins with a placeholder is checked where the function has the value', () => {
    expect(check('mongodb://c/?replicaSet=${ssm::/name}').problems).toEqual([]);
    expect(check('x${sm:docdb:uri}').problems).toEqual([expect.stringContaining('must begin with')]);
  });

  it('may use the providers that the file declares', () => {
    const providers = new Map([['vault', 'com.amazonaws.kafka.config.providers.SecretsManagerConfigProvider']]);
    expect(check('mongodb://${vault:a:b}@c/', {}, providers).problems).toEqual([]);
  });
});
