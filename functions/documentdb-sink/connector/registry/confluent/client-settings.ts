import { createSecureContext, rootCertificates, type SecureContextOptions } from 'node:tls';
import type { ReadBundle } from '../../../target/connection/tls-context.ts';
import { placeholdersOf } from '../../../target/placeholders.ts';
import { PropertyError } from '../../property-error.ts';
import type { HttpOptions } from '../http-call.ts';

/** A text with its placeholders filled in. @throws FatalError that names the placeholder */
export type ResolveText = (text: string, signal: AbortSignal) => Promise<string>;

/** `schema.registry.url`, `basic.auth.user.info`, `ssl.truststore.certificates` and the like, placeholders and all. */
export type ClientTexts = ReadonlyMap<string, string>;

const URLS = 'schema.registry.url';
const NAMESPACE = 'schema.registry.';
/** Empty: certificates need not be of the host's name, as in Kafka. */
const HOST_CHECK = 'ssl.endpoint.identification.algorithm';

/**
 * What a converter's settings say of the registry's client: each name with `schema.registry.` before it or without.
 * https://docs.confluent.io/platform/current/schema-registry/sr-client-configs.html
 * @param own the settings of the converter, without `value.converter.`
 */
export const clientTextsOf = (own: ReadonlyMap<string, string>): ClientTexts => {
  const written = [...own].filter(([name, value]) => value !== '' || name.endsWith(HOST_CHECK));
  const prefixed = written.filter(([name]) => name.startsWith(NAMESPACE) && name !== URLS);
  return new Map([...written, ...prefixed.map(([name, value]) => [name.slice(NAMESPACE.length), value] as const)]);
};

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * Whether the client can be made of it: packaging and the function both ask.
 * @param prefix `value.converter.`, for errors
 * @throws PropertyError that names the property and the remedy
 */
export function checkClient(texts: ClientTexts, prefix: string): void {
  const urls = listOf(texts.get(URLS) ?? '');
  if (urls.length === 0) throw new PropertyError(prefix + URLS, '', 'is missing: write the URL of the schema registry');
  for (const url of urls) {
    const isKnown = placeholdersOf(url).length === 0;
    if (isKnown && !isWebAddress(url)) {
      throw new PropertyError(
        prefix + URLS,
        '..',
        'is refused: write URLs that begin with http:// or https://, separated by commas',
      );
    }
  }
  const basic = sourceOf(texts, 'basic.auth.credentials.source', 'URL');
  if (!BASIC_SOURCES.includes(basic))
    throw new PropertyError(
      `${prefix}basic.auth.credentials.source`,
      basic,
      `is refused: write one of ${BASIC_SOURCES.join(', ')}`,
    );
  if (basic === 'USER_INFO' && !texts.has('basic.auth.user.info'))
    throw new PropertyError(
      `${prefix}basic.auth.user.info`,
      '',
      'is missing: basic.auth.credentials.source=USER_INFO needs user:password',
    );
  const bearer = sourceOf(texts, 'bearer.auth.credentials.source', 'STATIC_TOKEN');
  if (bearer !== 'STATIC_TOKEN')
    throw new PropertyError(
      `${prefix}bearer.auth.credentials.source`,
      bearer,
      'is refused: write STATIC_TOKEN with bearer.auth.token',
    );
  const wrong = headersIn(texts).find((name) => !HEADER_NAME.test(name.slice(HEADER.length)));
  if (wrong !== undefined)
    throw new PropertyError(prefix + wrong, '..', 'must have the name of an HTTP header behind request.header.');
  if (texts.has('ssl.keystore.location'))
    throw new PropertyError(
      `${prefix}ssl.keystore.location`,
      '..',
      'is refused: the function reads no keystore file. Write ssl.keystore.certificate.chain and ssl.keystore.key in PEM, for example as placeholders of a secret',
    );
}

/** Before the name of a header that goes with each question. */
const HEADER = 'request.header.';
/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

const headersIn = (texts: ClientTexts): readonly string[] =>
  [...texts.keys()].filter((name) => name.startsWith(HEADER));

const BASIC_SOURCES = ['URL', 'USER_INFO'];

const sourceOf = (texts: ClientTexts, name: string, fallback: string): string =>
  (texts.get(name) ?? fallback).toUpperCase();

/** Where to ask, and how. Holds credentials: never logged. */
export interface RegistryAddress extends HttpOptions {
  readonly url: URL;
}

/** @throws FatalError where a placeholder cannot be filled in; Error for a URL or a certificate that is none */
export async function readAddresses(
  texts: ClientTexts,
  resolve: ResolveText,
  readCaBundle: ReadBundle | undefined,
  signal: AbortSignal,
): Promise<readonly RegistryAddress[]> {
  const read = async (name: string) => {
    const text = texts.get(name);
    return text === undefined ? undefined : await resolve(text, signal);
  };
  const urls = await Promise.all(listOf(texts.get(URLS) ?? '').map((text) => resolve(text, signal)));
  const userInfo =
    sourceOf(texts, 'basic.auth.credentials.source', 'URL') === 'URL' ? undefined : await read('basic.auth.user.info');
  const token = await read('bearer.auth.token');
  const cluster = await read('bearer.auth.logical.cluster');
  const pool = await read('bearer.auth.identity.pool.id');
  const bearerHeaders = {
    ...(cluster && { 'target-sr-cluster': cluster }),
    ...(pool && { 'confluent-identity-pool-id': pool }),
  };
  const names = headersIn(texts);
  const values = await Promise.all(names.map(read));
  const ownHeaders = Object.fromEntries(
    names.map((name, index) => [name.slice(HEADER.length).toLowerCase(), values[index] ?? '']),
  );
  const tls = await tlsOptionsOf(read, () => readCaBundle?.(signal));
  const secureContext = tls && createSecureContext(tls);
  const checksHost = texts.get(HOST_CHECK) !== '';
  return urls.flatMap(listOf).map((text) => {
    const url = new URL(text);
    const login = userInfo ?? loginOf(url);
    const authorization =
      token !== undefined ? `Bearer ${token}` : login && `Basic ${Buffer.from(login).toString('base64')}`;
    const bare = new URL(url);
    bare.username = '';
    bare.password = '';
    return {
      url: bare,
      headers: { ...ACCEPT, ...bearerHeaders, ...(authorization && { authorization }), ...ownHeaders },
      secureContext,
      checksHost,
    };
  });
}

const ACCEPT = { accept: 'application/vnd.schemaregistry.v1+json, application/json' };

const loginOf = ({ username, password }: URL): string | undefined =>
  username === '' ? undefined : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;

/**
 * A truststore of the settings stands alone; the function's CA bundle stands beside the public roots.
 * @param read a setting by its name
 * @returns undefined: neither is there, nor a certificate of the client's own
 */
export async function tlsOptionsOf(
  read: (name: string) => Promise<string | undefined>,
  readCaBundle: () => ReturnType<ReadBundle> | undefined,
): Promise<SecureContextOptions | undefined> {
  const truststore = await read('ssl.truststore.certificates');
  const bundle = truststore === undefined ? await readCaBundle() : undefined;
  const ca = truststore ?? (bundle && [...rootCertificates, Buffer.from(bundle).toString()]);
  const cert = await read('ssl.keystore.certificate.chain');
  if (ca === undefined && cert === undefined) return undefined;
  const [key, passphrase] = await Promise.all(['ssl.keystore.key', 'ssl.key.password'].map(read));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(passphrase && { passphrase }) };
}

const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
