// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { describe, expect, it } from 'vitest';
import {
  filledIn,
  lambdaVariable,
  PROVIDER_ALIASES,
  PROVIDER_CLASSES,
  providerKinds,
  resolvePlaceholders,
  sourcesOf,
} from '../../../../../../functions/documentdb-sink/target/connection/config-providers.ts';
import { FatalError } from '../../../../../../functions/documentdb-sink/target/fatal-error.ts';
import { placeholdersOf } from '../../../../../../functions/documentdb-sink/target/placeholders.ts';

const { signal } = new AbortController();

const SECRETS: Readonly<Record<string, string | undefined>> = {
  docdb: JSON.stringify({
    username: 'app',
    password: '${sm:docdb:username}',
    port: 27_017,
    nested: {},
    empty: '',
    isTls: true,
  }),
  plain: 'SECRET',
  list: '["SECRET"]',
  nothing: 'null',
};

function ports(environment: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const from = (what: string, values: Readonly<Record<string, string | undefined>>) => (name: string) => {
    asked.push(`${what} ${name}`);
    return name in values
      ? Promise.resolve(values[name])
      : Promise.reject(Object.assign(new Error('SECRET'), { name: 'ResourceNotFoundException' }));
  };
  return {
    asked,
    environment,
    readSecret: from('secret', SECRETS),
    readParameter: from('parameter', { '/docdb/host': 'c.example' }),
  };
}

const resolve = (value: string, given = ports()) => resolvePlaceholders(value, PROVIDER_ALIASES, given, signal);

describe('placeholders', () => {
  it.each([
    ['${sm:docdb:password}', { provider: 'sm', path: 'docdb', key: 'password' }],
    ['${sm:a/b-c:user.name?ttl=300000}', { provider: 'sm', path: 'a/b-c', key: 'user.name' }],
    ['${ssm::/docdb/host}', { provider: 'ssm', path: '', key: '/docdb/host' }],
    ['${env:URI}', { provider: 'env', path: '', key: 'URI' }],
    [
      '${s3import:eu-west-1:bucket/a/trust.jks}',
      { provider: 's3import', path: 'eu-west-1', key: 'bucket/a/trust.jks' },
    ],
    [
      '${sm:arn:aws:secretsmanager:eu-west-1:111111111111:secret:docdb-AbCdEf:password}',
      { provider: 'sm', path: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:docdb-AbCdEf', key: 'password' },
    ],
  ])('%s', (text, parts) => {
    expect(placeholdersOf(`before ${text} after`)).toEqual([{ text, ...parts }]);
  });

  it('stand several in a value, in order; anything else is text', () => {
    expect(placeholdersOf('${a:b:c}${d:e} $ {x} ${nothing} }').map(({ text }) => text)).toEqual(['${a:b:c}', '${d:e}']);
  });
});

describe('a value', () => {
  it('is filled in from every provider, each secret read once', async () => {
    const given = ports({ OPTIONS: 'tls=true' });
    const uri = 'mongodb://${sm:docdb:username}:x@${ssm::/docdb/host}:${sm:docdb:port}/?${env:OPTIONS}';
    expect(await resolve(uri, given)).toBe('mongodb://app:x@c.example:27017/?tls=true');
    expect(given.asked.toSorted()).toEqual(['parameter /docdb/host', 'secret docdb']);
  });

  it('is not looked through again: what a secret holds is no placeholder', async () => {
    expect(await resolve('${sm:docdb:password}|${sm:docdb:username}')).toBe('${sm:docdb:username}|app');
  });

  it('without placeholders asks nobody', async () => {
    const given = ports();
    expect(await resolve('mongodb://a/', given)).toBe('mongodb://a/');
    expect(given.asked).toEqual([]);
  });

  it('may be an empty text', async () => {
    expect(await resolve('[${sm:docdb:empty}]')).toBe('[]');
  });

  it('may be a word of JSON', async () => {
    expect(await resolve('mongodb://c/?tls=${sm:docdb:isTls}')).toBe('mongodb://c/?tls=true');
  });

  it('keeps a placeholder whose content is not known yet', () => {
    const uri = 'mongodb://${env:HOST}:${env:PORT}/';
    expect(filledIn(uri, placeholdersOf(uri), [undefined, '27017'])).toBe('mongodb://${env:HOST}:27017/');
  });

  it.each([
    ['${sm:docdb:none}', 'no field'],
    ['${sm:docdb:nested}', 'no field'],
    ['${sm:plain:x}', 'no field'],
    ['${sm:list:0x}', 'no field'],
    ['${sm:nothing:x}', 'no field'],
    ['${sm:none:x}', 'AWS did not return the value (ResourceNotFoundException)'],
    ['${ssm::/none}', 'AWS did not return the value (ResourceNotFoundException)'],
    ['${env:NONE}', 'no environment variable with this name'],
    ['${s3import::bucket/file}', 'a file from S3'],
    ['${vault:a:b}', 'config.providers does not list vault'],
  ])('%s that cannot be had is fatal, by its name, and quotes nothing', async (text, words) => {
    const error: unknown = await resolve(`mongodb://${text}/`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({ code: 'credentials_unavailable', scope: 'target' });
    expect(String(error)).toContain(`connection.uri: cannot resolve ${text}: `);
    expect(String(error)).toContain(words);
    expect(String(error)).not.toContain('SECRET');
  });
});

describe('names of providers', () => {
  it('are the usual ones and those a file declares, which win', () => {
    const kinds = providerKinds(
      new Map([
        ['vault', 'com.amazonaws.kafka.config.providers.SecretsManagerConfigProvider'],
        ['sm', 'com.amazonaws.kafka.config.providers.SsmParamStoreConfigProvider'],
        ['import', 'com.amazonaws.kafka.config.providers.S3ImportConfigProvider'],
        ['other', 'com.example.Unknown'],
      ]),
    );
    expect(kinds.get('import')).toBe('s3Import');
    expect(kinds.get('vault')).toBe('secretsManager');
    expect(kinds.get('sm')).toBe('parameterStore');
    expect(kinds.get('ssm')).toBe('parameterStore');
    expect([...kinds.keys()]).not.toContain('other');
  });

  it.each(['sm', 'secretsmanager', 'secretManager', 'secretsManager'])('%s stands for AWS Secrets Manager', (alias) => {
    expect(providerKinds(new Map()).get(alias)).toBe('secretsManager');
  });

  it('list the secrets and parameters of a connection string, each once', () => {
    const connectionUri = 'mongodb://${sm:a:user}:${sm:a:pass}@${ssm::/h}:${vault:b:port}/${env:X}${s3import::c/d}';
    const providers = new Map([['vault', 'com.amazonaws.kafka.config.providers.SecretsManagerConfigProvider']]);
    expect(sourcesOf([connectionUri], providers)).toEqual({ secrets: ['a', 'b'], parameters: ['/h'] });
  });
});

describe('a class of a config provider', () => {
  it('always has an alias that needs no declaration', () => {
    expect(new Set(PROVIDER_ALIASES.values())).toEqual(new Set(PROVIDER_CLASSES.values()));
  });
});

describe('the variable of the function for a variable of the command', () => {
  it.each([
    ['URI', 'URI'],
    ['a1_', 'a1_'],
    ['A', 'CONNECTOR_VARIABLE_41'],
    ['1A', 'CONNECTOR_VARIABLE_3141'],
    ['_BC', 'CONNECTOR_VARIABLE_5f4243'],
    ['A-B', 'CONNECTOR_VARIABLE_412d42'],
    ['AB-', 'CONNECTOR_VARIABLE_41422d'],
  ])('%s has a name that Lambda takes: %s', (name, variable) => {
    expect(lambdaVariable(name)).toBe(variable);
  });
});
