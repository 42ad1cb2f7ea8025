// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { describe, expect, it } from 'vitest';
import {
  checkClient,
  clientTextsOf,
} from '../../../../../../functions/documentdb-sink/connector/registry/confluent/client-settings.ts';
import { createConfluentSource } from '../../../../../../functions/documentdb-sink/connector/registry/confluent/confluent-source.ts';
import type {
  HttpOptions,
  HttpReply,
} from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';
import { FatalError } from '../../../../../../functions/documentdb-sink/target/fatal-error.ts';

const signal = new AbortController().signal;
const reply = (status: number, body: unknown = {}): HttpReply => ({ status, body: JSON.stringify(body) });
const NOT_FOUND = reply(404, { error_code: 40_403, message: 'SECRET' });
const SCHEMA = reply(200, { schema: '"int"' });

interface Asked {
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A registry that answers by address and path; `calls` is what it was asked. */
function registry(
  answers: (url: string, count: number, options: HttpOptions) => HttpReply | Error,
  settings: Readonly<Record<string, string>> = {},
  resolveText: (text: string) => Promise<string> = (text) => Promise.resolve(text),
) {
  const calls: Asked[] = [];
  const source = createConfluentSource({
    texts: clientTextsOf(new Map(Object.entries({ 'schema.registry.url': 'http://one:8081', ...settings }))),
    resolveText,
    readCaBundle: undefined,
    get(url, options) {
      calls.push({ url: url.href, authorization: options.headers['authorization'] });
      const answer = answers(url.href, calls.length, options);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return { calls, urls: () => calls.map(({ url }) => url), fetch: (id = '7') => source.fetch(id, signal) };
}

const REFUSED = Object.assign(new Error('connect ECONNREFUSED SECRET'), { code: 'ECONNREFUSED' });

describe("a registry with Confluent's API", () => {
  it('gives a schema by its id', async () => {
    const { fetch, urls } = registry(() => reply(200, { schema: '{"type":"int"}' }));
    expect(await fetch()).toEqual({
      kind: 'found',
      schema: { type: 'AVRO', text: '{"type":"int"}', references: new Map() },
    });
    expect(urls()).toEqual(['http://one:8081/schemas/ids/7']);
  });

  it('keeps a path in its URL', async () => {
    const { fetch, urls } = registry(() => SCHEMA, { 'schema.registry.url': 'http://one:8081/apis/ccompat/v7/' });
    await fetch();
    expect(urls()).toEqual(['http://one:8081/apis/ccompat/v7/schemas/ids/7']);
  });

  it('gives the schemas that a schema refers to, each before those that refer to it', async () => {
    const reference = (name: string) => ({ name, subject: `${name}/subject`, version: 2 });
    const { fetch, urls } = registry((url) => {
      if (url.includes('/ids/'))
        return reply(200, { schema: 'top', schemaType: 'PROTOBUF', references: [reference('a'), reference('b')] });
      if (url.includes('a%2Fsubject')) return reply(200, { schema: 'A', references: [reference('b')] });
      return reply(200, { schema: 'B' });
    });
    const answer = await fetch();
    expect(answer).toMatchObject({ kind: 'found', schema: { type: 'PROTOBUF', text: 'top' } });
    expect(answer.kind === 'found' && [...answer.schema.references]).toEqual([
      ['b', 'B'],
      ['a', 'A'],
    ]);
    expect(urls()).toContain('http://one:8081/subjects/a%2Fsubject/versions/2?deleted=true');
    expect(urls()).toHaveLength(3);
  });

  it('ends with schemas that refer to each other', async () => {
    const { fetch } = registry(() =>
      reply(200, { schema: 'S', references: [{ name: 'a', subject: 's', version: 1 }] }),
    );
    expect(await fetch()).toMatchObject({ kind: 'found' });
  });

  it.each([
    ['an id', () => NOT_FOUND],
    ['an id of a subject that has no such version', () => reply(404, { error_code: 40_402 })],
    [
      'a reference',
      (url: string) =>
        url.includes('/ids/')
          ? reply(200, { schema: 'S', references: [{ name: 'a', subject: 's', version: 1 }] })
          : reply(404, { error_code: 40_401 }),
    ],
  ] as const)('says that it does not know %s', async (_what, answers) => {
    expect(await registry(answers).fetch()).toEqual({ kind: 'unknown' });
  });

  it.each([
    [
      'no connection',
      REFUSED,
      'schema_unavailable',
      'the schema registry at one:8081 does not answer (Error (ECONNREFUSED))',
    ],
    ['500', reply(500), 'schema_unavailable', 'the schema registry at one:8081 answers 500'],
    ['503', reply(503), 'schema_unavailable', 'the schema registry at one:8081 answers 503'],
    ['429', reply(429), 'schema_unavailable', 'the schema registry at one:8081 answers 429'],
    ['408', reply(408), 'schema_unavailable', 'the schema registry at one:8081 answers 408'],
    [
      '499',
      reply(499),
      'misconfigured',
      'one:8081 answers 499 as no schema registry does: correct schema.registry.url',
    ],
    [
      'a code of another error',
      reply(404, { error_code: 40_400 }),
      'misconfigured',
      'one:8081 answers 404 as no schema registry does: correct schema.registry.url',
    ],
    [
      'a code of a missing schema that is no 404',
      reply(422, { error_code: 40_403 }),
      'misconfigured',
      'one:8081 answers 422 as no schema registry does: correct schema.registry.url',
    ],
    [
      'a 404 of something else',
      { status: 404, body: 'not found' },
      'misconfigured',
      'one:8081 answers 404 as no schema registry does: correct schema.registry.url',
    ],
    [
      'a list',
      { status: 200, body: '[]' },
      'misconfigured',
      'one:8081 answers 200 as no schema registry does: correct schema.registry.url',
    ],
    [
      'a schema that is no text',
      reply(200, { schema: {} }),
      'misconfigured',
      'schema.registry.url gives an answer that is no schema',
    ],
    [
      'a type that is no text',
      reply(200, { schema: '"int"', schemaType: 5 }),
      'misconfigured',
      'schema.registry.url gives an answer that is no schema',
    ],
    [
      'references that are no list',
      reply(200, { schema: '"int"', references: {} }),
      'misconfigured',
      'schema.registry.url gives an answer that is no schema',
    ],
    [
      '401',
      reply(401),
      'misconfigured',
      'the schema registry at one:8081 refuses the credentials (401): correct basic.auth.user.info',
    ],
    [
      '403',
      reply(403),
      'misconfigured',
      'the schema registry at one:8081 refuses the credentials (403): correct basic.auth.user.info',
    ],
    [
      'a 404 that is no registry’s',
      reply(404, {}),
      'misconfigured',
      'one:8081 answers 404 as no schema registry does: correct schema.registry.url',
    ],
    [
      'a page',
      { status: 200, body: '<html>' },
      'misconfigured',
      'one:8081 answers 200 as no schema registry does: correct schema.registry.url',
    ],
    [
      'an object that is no schema',
      reply(200, {}),
      'misconfigured',
      'schema.registry.url gives an answer that is no schema',
    ],
  ])('takes %s for no fault of a record', async (_what, answer, code, detail) => {
    const found = await registry(() => answer).fetch();
    expect(found).toEqual({ kind: 'unavailable', failure: { code, retryable: true, mayBeWritten: false, detail } });
  });

  it('asks one URL after another, and the one that answered first the next time', async () => {
    const { fetch, urls } = registry((url) => (url.startsWith('http://one') ? REFUSED : SCHEMA), {
      'schema.registry.url': 'http://one, http://two:81',
    });
    await fetch('1');
    await fetch('2');
    expect(urls()).toEqual(['http://one/schemas/ids/1', 'http://two:81/schemas/ids/1', 'http://two:81/schemas/ids/2']);
  });

  it.each([
    ['USER_INFO', { 'basic.auth.credentials.source': 'USER_INFO', 'basic.auth.user.info': 'u:p:w' }, 'u:p:w'],
    [
      'USER_INFO with its prefix',
      { 'schema.registry.basic.auth.credentials.source': 'user_info', 'schema.registry.basic.auth.user.info': 'u:p' },
      'u:p',
    ],
    ['URL', { 'schema.registry.url': 'http://u:p%40w@one:8081', 'basic.auth.credentials.source': 'URL' }, 'u:p@w'],
  ])('logs in with %s', async (_source, settings, login) => {
    const { fetch, calls } = registry(() => SCHEMA, settings);
    await fetch();
    expect(calls).toEqual([
      { url: 'http://one:8081/schemas/ids/7', authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    ]);
  });

  it('shows a token', async () => {
    const { fetch, calls } = registry(() => SCHEMA, {
      'bearer.auth.credentials.source': 'STATIC_TOKEN',
      'bearer.auth.token': 't',
    });
    await fetch();
    expect(calls[0]?.authorization).toBe('Bearer t');
  });

  it('reads credentials again that are refused, once', async () => {
    let reads = 0;
    const resolveText = (text: string) => {
      if (text.includes('$')) reads += 1;
      return Promise.resolve(text.replace('$', String(reads)));
    };
    const login = { 'basic.auth.credentials.source': 'USER_INFO', 'basic.auth.user.info': 'u:$' };
    const { fetch, calls } = registry((_url, count) => (count === 1 ? reply(401) : SCHEMA), login, resolveText);
    expect(await fetch()).toMatchObject({ kind: 'found' });
    expect(calls.map(({ authorization }) => authorization)).toEqual([`Basic ${btoa('u:1')}`, `Basic ${btoa('u:2')}`]);
  });

  it('is looked for again where nobody answers: its address in a secret may have changed', async () => {
    const hosts = ['old', 'new'];
    const { fetch, urls } = registry(
      (url) => (url.includes('//old') ? REFUSED : SCHEMA),
      { 'schema.registry.url': 'http://${sm:registry:host}:8081' },
      (text) => Promise.resolve(text.replace('${sm:registry:host}', hosts.shift() ?? 'new')),
    );
    expect(await fetch()).toMatchObject({ kind: 'unavailable', failure: { code: 'schema_unavailable' } });
    expect(await fetch()).toMatchObject({ kind: 'found' });
    expect(urls()).toEqual(['http://old:8081/schemas/ids/7', 'http://new:8081/schemas/ids/7']);
  });

  it('reads its settings once while anybody answers', async () => {
    const read: string[] = [];
    const resolveText = (text: string) => {
      read.push(text);
      return Promise.resolve(text);
    };
    const { fetch } = registry((_url, count) => reply([500, 200, 422][count - 1] ?? 500), {}, resolveText);
    for (let count = 1; count <= 4; count += 1) await fetch();
    expect(read).toEqual(['http://one:8081']);
  });

  it('cannot be asked where what a placeholder holds is no URL, and does not quote it', async () => {
    const { fetch } = registry(
      () => SCHEMA,
      { 'schema.registry.url': '${sm:a:b}' },
      () => Promise.resolve('SECRET'),
    );
    const detail = 'the settings of the schema registry cannot be used (TypeError (ERR_INVALID_URL))';
    expect(await fetch()).toMatchObject({ kind: 'unavailable', failure: { code: 'misconfigured', detail } });
  });

  it('asks for no reference that is none', async () => {
    const { fetch, calls } = registry(() => reply(200, { schema: 'S', references: [null, 5] }));
    expect(await fetch()).toMatchObject({ kind: 'found', schema: { references: new Map() } });
    expect(calls).toHaveLength(1);
  });

  it('cannot be asked while a placeholder of its settings is not filled in, and can be afterwards', async () => {
    let isThere = false;
    const resolveText = (text: string) =>
      isThere
        ? Promise.resolve(text)
        : Promise.reject(
            new FatalError('credentials_unavailable', 'value.converter: cannot resolve it', { scope: 'target' }),
          );
    const { fetch } = registry(() => SCHEMA, {}, resolveText);
    const detail = 'value.converter: cannot resolve it';
    expect(await fetch()).toEqual({
      kind: 'unavailable',
      failure: { code: 'credentials_unavailable', retryable: true, mayBeWritten: false, detail },
    });
    isThere = true;
    expect(await fetch()).toMatchObject({ kind: 'found' });
  });
});

describe("the settings of a registry's client", () => {
  const check = (settings: Readonly<Record<string, string>>) => () =>
    checkClient(
      clientTextsOf(new Map(Object.entries({ 'schema.registry.url': 'http://one', ...settings }))),
      'value.converter.',
    );

  it.each([
    [{ 'schema.registry.url': '' }, 'schema.registry.url=: is missing'],
    [{ 'schema.registry.url': 'registry:8081' }, 'write URLs that begin with http:// or https://'],
    [{ 'basic.auth.credentials.source': 'SASL_INHERIT' }, 'write one of URL, USER_INFO'],
    [{ 'basic.auth.credentials.source': 'USER_INFO' }, 'basic.auth.user.info=: is missing'],
    [{ 'bearer.auth.credentials.source': 'OAUTHBEARER' }, 'write STATIC_TOKEN'],
    [{ 'schema.registry.ssl.keystore.location': '/SECRET.jks' }, 'ssl.keystore.certificate.chain'],
  ])('%o is refused', (settings, problem) => {
    expect(check(settings)).toThrow(problem);
    expect(check(settings)).not.toThrow('SECRET');
  });

  it('may be placeholders', () => {
    expect(
      check({
        'schema.registry.url': '${env:URL}',
        'basic.auth.credentials.source': 'USER_INFO',
        'basic.auth.user.info': '${sm:a:b}',
      }),
    ).not.toThrow();
  });
});
