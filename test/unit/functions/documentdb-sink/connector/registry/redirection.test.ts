import { describe, expect, it } from 'vitest';
import { clientTextsOf } from '../../../../../../functions/documentdb-sink/connector/registry/confluent/client-settings.ts';
import { createConfluentSource } from '../../../../../../functions/documentdb-sink/connector/registry/confluent/confluent-source.ts';
import type { HttpReply } from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';

const SCHEMA: HttpReply = { status: 200, body: '{"schema":"\\"int\\""}' };
const redirection = (location: string | undefined, status = 302): HttpReply => ({ status, body: '', location });

/** What the registry at https://one/registry answers to each question in turn. */
async function asked(...answers: readonly HttpReply[]) {
  const urls: string[] = [];
  const settings = { 'schema.registry.url': 'https://one/registry' };
  const source = createConfluentSource({
    texts: clientTextsOf(new Map(Object.entries(settings))),
    resolveText: (text) => Promise.resolve(text),
    readCaBundle: undefined,
    get(url) {
      urls.push(url.href);
      return Promise.resolve(answers[Math.min(urls.length, answers.length) - 1] as HttpReply);
    },
  });
  return { answer: await source.fetch('7', new AbortController().signal), urls };
}

describe('a schema registry that redirects', () => {
  it.each([301, 302, 303, 307, 308])('within its host is followed (%i)', async (status) => {
    const { answer, urls } = await asked(redirection('/v7/schemas/ids/7', status), SCHEMA);
    expect(answer).toMatchObject({ kind: 'found' });
    expect(urls).toEqual(['https://one/registry/schemas/ids/7', 'https://one/v7/schemas/ids/7']);
  });

  it.each([
    ['another host, which gets no credentials', 'https://two/schemas/ids/7'],
    ['another protocol', 'http://one/schemas/ids/7'],
    ['no address', 'https://'],
    ['nowhere', undefined],
  ])('to %s is not followed, and the remedy is named', async (_what, location) => {
    const { answer, urls } = await asked(redirection(location));
    expect(urls).toHaveLength(1);
    expect(answer).toMatchObject({
      kind: 'unavailable',
      failure: {
        code: 'misconfigured',
        detail:
          'one redirects (302), and only a redirection within its host and protocol is followed: write the address behind it as schema.registry.url',
      },
    });
  });

  it('in a circle is given up after five redirections', async () => {
    const { answer, urls } = await asked(redirection('/again'));
    expect(urls).toHaveLength(6);
    expect(answer).toMatchObject({ failure: { code: 'misconfigured' } });
  });
});
