import { describe, expect, it } from 'vitest';
import { admissionOf, type RequestHead } from '../../../../local/console/admission.ts';

const own = { host: '127.0.0.1:4000', token: 'secret-token' };

const get: RequestHead = {
  method: 'GET',
  url: '/secret-token/api/records?search=a%40b',
  host: own.host,
  origin: undefined,
  fetchSite: undefined,
  contentType: undefined,
};
const post: RequestHead = {
  ...get,
  ...{ method: 'POST', url: '/secret-token/api/act', origin: 'http://127.0.0.1:4000' },
  contentType: 'application/json',
};

describe('the admission of a request', () => {
  it('gives the path behind the token, and the query', () => {
    const admission = admissionOf(get, own);
    expect(admission).toMatchObject({ kind: 'admitted', method: 'GET', path: '/api/records' });
    expect(admission.kind === 'admitted' && admission.query.get('search')).toBe('a@b');
    expect(admissionOf({ ...get, url: '/secret-token/' }, own)).toMatchObject({ path: '/' });
    expect(admissionOf(post, own)).toMatchObject({ kind: 'admitted', method: 'POST', path: '/api/act' });
  });

  it.each([
    ['the address bar', { fetchSite: 'none' }],
    ['the page itself', { fetchSite: 'same-origin', origin: 'http://127.0.0.1:4000' }],
  ])('lets %s read', (_who, change) => {
    expect(admissionOf({ ...get, ...change }, own)).toMatchObject({ kind: 'admitted' });
  });

  it.each([
    ['no token', { url: '/api/records' }, 403, 'token'],
    ['another token', { url: '/secret-tokem/api/records' }, 403, 'token'],
    ['a part of the token', { url: '/secret/' }, 403, 'token'],
    ['the token in the query', { url: '/?token=secret-token' }, 403, 'token'],
    ['a token without a path', { url: '/secret-token' }, 403, 'token'],
    ['the name of another host', { host: 'evil.test:4000' }, 403, 'http://127.0.0.1:4000'],
    ['the name localhost', { host: 'localhost:4000' }, 403, 'http://127.0.0.1:4000'],
    ['another port', { host: '127.0.0.1:4001' }, 403, 'http://127.0.0.1:4000'],
    ['no host', { host: undefined }, 403, 'http://127.0.0.1:4000'],
    ['another origin', { origin: 'http://evil.test' }, 403, 'another origin'],
    ['another port as origin', { origin: 'http://127.0.0.1:4001' }, 403, 'another origin'],
    ['TLS as origin', { origin: 'https://127.0.0.1:4000' }, 403, 'another origin'],
    ['an opaque origin', { origin: 'null' }, 403, 'another origin'],
    ['another site', { fetchSite: 'cross-site' }, 403, 'another origin'],
    ['another port of the same site', { fetchSite: 'same-site' }, 403, 'another origin'],
  ])('refuses %s', (_what, change, status, words) => {
    for (const head of [get, post]) {
      const refusal = admissionOf({ ...head, ...change }, own);
      expect(refusal).toMatchObject({ kind: 'refused', status, text: expect.stringContaining(words) });
    }
  });

  it.each([
    ['without an origin', { origin: undefined }, 403, 'Origin'],
    ['of a form', { contentType: 'application/x-www-form-urlencoded' }, 415, 'application/json'],
    ['of plain text', { contentType: 'text/plain' }, 415, 'application/json'],
    ['with the method PUT', { method: 'PUT' }, 405, 'GET and POST'],
  ])('refuses a change %s', (_what, change, status, words) => {
    expect(admissionOf({ ...post, ...change }, own)).toMatchObject({
      ...{ kind: 'refused', status },
      text: expect.stringContaining(words),
    });
  });

  it('names the token in no refusal', () => {
    const changes = [{ host: 'evil.test' }, { origin: 'null' }, { url: '/x/' }, { method: 'PUT' }];
    for (const change of changes)
      expect(JSON.stringify(admissionOf({ ...post, ...change }, own))).not.toContain(own.token);
  });
});
