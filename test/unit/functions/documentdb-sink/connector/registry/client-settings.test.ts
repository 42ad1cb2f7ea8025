import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  checkClient,
  clientTextsOf,
  readAddresses,
  tlsOptionsOf,
} from '../../../../../../functions/documentdb-sink/connector/registry/confluent/client-settings.ts';
import type { ReadBundle } from '../../../../../../functions/documentdb-sink/target/connection/tls-context.ts';

type Settings = Readonly<Record<string, string>>;

const URLS = 'schema.registry.url';
const ACCEPT = { accept: 'application/vnd.schemaregistry.v1+json, application/json' };
const [PEM = ''] = rootCertificates;
const textsOf = (settings: Settings) => clientTextsOf(new Map(Object.entries(settings)));

/** The addresses of these settings; `secret` stands for what a placeholder names. */
const addressesOf = (settings: Settings, readCaBundle?: ReadBundle) =>
  readAddresses(
    textsOf({ [URLS]: 'https://r.example/', ...settings }),
    async (text) => text.replace('secret', 'filled in'),
    readCaBundle,
    new AbortController().signal,
  );
const headersOf = async (settings: Settings) => (await addressesOf(settings))[0]?.headers;
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

describe('the addresses of a schema registry', () => {
  it('are several, with blanks between them, and without their logins', async () => {
    const found = await addressesOf({ [URLS]: ' https://a.example/x , http://u%40:p%3A@b.example ,' });
    expect(found.map(({ url }) => url.href)).toEqual(['https://a.example/x', 'http://b.example/']);
    expect(found.map(({ headers }) => headers['authorization'])).toEqual([undefined, basic('u@:p:')]);
    expect(found.every(({ checksHost, secureContext }) => checksHost && secureContext === undefined)).toBe(true);
  });

  it.each<[Settings, object]>([
    [{}, ACCEPT],
    [{ 'basic.auth.user.info': 'u:p' }, ACCEPT],
    [
      { 'basic.auth.credentials.source': 'user_info', 'basic.auth.user.info': 'u:secret' },
      { ...ACCEPT, authorization: basic('u:filled in') },
    ],
    [
      { 'schema.registry.basic.auth.credentials.source': 'USER_INFO', 'schema.registry.basic.auth.user.info': 'u:p' },
      { ...ACCEPT, authorization: basic('u:p') },
    ],
    [
      { 'request.header.X-Tenant': 'secret', 'schema.registry.request.header.x-team': 'orders' },
      { ...ACCEPT, 'x-tenant': 'filled in', 'x-team': 'orders' },
    ],
    [
      { 'bearer.auth.token': 't', 'request.header.Authorization': 'Token secret' },
      { ...ACCEPT, authorization: 'Token filled in' },
    ],
    [{ 'bearer.auth.token': 'secret' }, { ...ACCEPT, authorization: 'Bearer filled in' }],
    [{ 'bearer.auth.token': '' }, ACCEPT],
    [
      { 'bearer.auth.token': 't', 'bearer.auth.logical.cluster': 'lsrc', 'bearer.auth.identity.pool.id': 'pool' },
      {
        ...ACCEPT,
        authorization: 'Bearer t',
        'target-sr-cluster': 'lsrc',
        'confluent-identity-pool-id': 'pool',
      },
    ],
  ])('are asked as %j says', async (settings, headers) => {
    expect(await headersOf(settings)).toEqual(headers);
  });

  it('need no certificate of their own name where the check is switched off', async () => {
    const check = async (settings: Settings) => (await addressesOf(settings))[0]?.checksHost;
    const name = 'ssl.endpoint.identification.algorithm';
    expect([await check({ [name]: '' }), await check({ [`schema.registry.${name}`]: '' })]).toEqual([false, false]);
    expect(await check({ [name]: 'https' })).toBe(true);
  });

  it('are trusted by the truststore of the settings, or by the bundle of the function', async () => {
    const contextOf = async (settings: Settings, bundle?: string) => {
      const read = bundle === undefined ? undefined : () => Promise.resolve(Buffer.from(bundle));
      return (await addressesOf(settings, read))[0]?.secureContext;
    };
    expect(await contextOf({})).toBeUndefined();
    expect(await contextOf({ 'ssl.truststore.certificates': PEM })).toBeDefined();
    expect(await contextOf({}, PEM)).toBeDefined();
    expect(await contextOf({ 'ssl.keystore.certificate.chain': PEM })).toBeDefined();
    await expect(contextOf({ 'ssl.keystore.certificate.chain': 'no certificate' })).rejects.toThrow();
    await expect(contextOf({ 'ssl.keystore.certificate.chain': PEM, 'ssl.keystore.key': 'no key' })).rejects.toThrow();
  });
});

describe('the certificates of a schema registry and of its client', () => {
  const optionsOf = (settings: Settings, bundle?: string | Uint8Array) =>
    tlsOptionsOf(
      async (name) => settings[name],
      () => (bundle === undefined ? undefined : Promise.resolve(bundle)),
    );
  const trusted = { 'ssl.truststore.certificates': 'TRUSTED' };
  const own = { 'ssl.keystore.certificate.chain': 'CERTIFICATE' };

  it.each<[string, Settings, string | Uint8Array | undefined, object | undefined]>([
    ['none', {}, undefined, undefined],
    ['a truststore alone', trusted, undefined, { ca: 'TRUSTED' }],
    ['a bundle beside the public roots', {}, 'BUNDLE', { ca: [...rootCertificates, 'BUNDLE'] }],
    // As the client of S3 gives an object: https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/
    ['a bundle of bytes', {}, new TextEncoder().encode('BUNDLE'), { ca: [...rootCertificates, 'BUNDLE'] }],
    ['a truststore in place of a bundle', trusted, 'BUNDLE', { ca: 'TRUSTED' }],
    ['a certificate of its own', own, undefined, { cert: 'CERTIFICATE' }],
    [
      'a certificate of its own with a key and a password',
      { ...trusted, ...own, 'ssl.keystore.key': 'KEY', 'ssl.key.password': 'SECRET' },
      undefined,
      { ca: 'TRUSTED', cert: 'CERTIFICATE', key: 'KEY', passphrase: 'SECRET' },
    ],
  ])('are %s', async (_what, settings, bundle, options) => {
    expect(await optionsOf(settings, bundle)).toEqual(options);
  });
});

describe('the texts of its client', () => {
  it('have their names with `schema.registry.` or without, and are no texts where they are empty', () => {
    const own = {
      'schema.registry.url': 'http://one',
      'schema.registry.basic.auth.user.info': 'u:p',
      'basic.auth.user.info': 'no',
      'bearer.auth.token': '',
      'ssl.endpoint.identification.algorithm': '',
    };
    expect(Object.fromEntries(textsOf(own))).toEqual({
      'schema.registry.url': 'http://one',
      'schema.registry.basic.auth.user.info': 'u:p',
      'basic.auth.user.info': 'u:p',
      'ssl.endpoint.identification.algorithm': '',
    });
  });
});

describe('the settings of its client', () => {
  it.each<[Settings, string | undefined]>([
    [{ [URLS]: 'https://a.example, http://b.example' }, undefined],
    [{ [URLS]: '$' + '{sm:registry:url}' }, undefined],
    [{ [URLS]: ' , ' }, `value.converter.${URLS}=: is missing`],
    [
      { [URLS]: 'ftp://a.example' },
      `value.converter.${URLS}=..: is refused: write URLs that begin with http:// or https://`,
    ],
    [{ [URLS]: 'httpsx://a.example' }, 'write URLs that begin with http:// or https://'],
    [{ [URLS]: 'xhttps://a.example' }, 'write URLs that begin with http:// or https://'],
    [{ [URLS]: 'a.example' }, 'write URLs that begin with http:// or https://'],
    [{ 'basic.auth.credentials.source': 'SASL_INHERIT' }, 'value.converter.basic.auth.credentials.source=SASL_INHERIT'],
    [{ 'basic.auth.credentials.source': 'user_info' }, 'value.converter.basic.auth.user.info'],
    [{ 'basic.auth.credentials.source': 'url' }, undefined],
    [{ 'bearer.auth.credentials.source': 'OAUTHBEARER' }, 'value.converter.bearer.auth.credentials.source=OAUTHBEARER'],
    [{ 'bearer.auth.credentials.source': 'static_token' }, undefined],
    [{ 'request.header.X-Tenant': 'shop' }, undefined],
    [{ 'request.header.': 'SECRET' }, 'value.converter.request.header.=..: must have the name of an HTTP header'],
    [
      { 'request.header.X Tenant': 'SECRET' },
      'value.converter.request.header.X Tenant=..: must have the name of an HTTP header',
    ],
    [{ 'ssl.keystore.location': '/SECRET' }, 'value.converter.ssl.keystore.location=..: is refused'],
    [{ 'schema.registry.ssl.keystore.location': '/SECRET' }, 'value.converter.ssl.keystore.location'],
  ])('%j: %s', (settings, problem) => {
    const check = () => checkClient(textsOf({ [URLS]: 'https://a.example', ...settings }), 'value.converter.');
    if (problem === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(problem);
  });

  it('quote no URL and no path', () => {
    const refuse = (settings: Settings) => () => checkClient(textsOf(settings), '');
    expect(refuse({ [URLS]: 'SECRET://a' })).not.toThrow(/SECRET:/);
    expect(refuse({ [URLS]: 'https://a', 'ssl.keystore.location': '/SECRET' })).not.toThrow(/SECRET/);
  });
});
