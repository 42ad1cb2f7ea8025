import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { requestOptionsOf } from '../../../../../../functions/documentdb-sink/connector/registry/http-call.ts';

const SECURE = new URL('https://registry.example/schemas');
const PLAIN = new URL('http://registry.example/schemas');
const headers = { accept: 'application/json' };

describe('a question to a schema registry', () => {
  it('is a GET on a connection of its own, unless it says otherwise', () => {
    expect(requestOptionsOf(PLAIN, { headers })).toEqual({ method: 'GET', headers, agent: false });
    expect(requestOptionsOf(SECURE, { headers, method: 'POST' })).toEqual({ method: 'POST', headers, agent: false });
  });

  it('trusts the certificates that it is given', () => {
    const secureContext = createSecureContext();
    expect(requestOptionsOf(SECURE, { headers, secureContext }).secureContext).toBe(secureContext);
    expect(requestOptionsOf(PLAIN, { headers, secureContext })).not.toHaveProperty('secureContext');
  });

  it.each([undefined, true])("has the certificate's host checked by Node: %s", (checksHost) => {
    const options = requestOptionsOf(SECURE, { headers, ...(checksHost !== undefined && { checksHost }) });
    expect(options).not.toHaveProperty('checkServerIdentity');
    expect(options).not.toHaveProperty('rejectUnauthorized');
  });

  it('takes the certificate of another host where it is told so, if somebody trusted signed it', () => {
    const options = requestOptionsOf(SECURE, { headers, checksHost: false });
    expect(options.checkServerIdentity?.('registry.example', {} as never)).toBeUndefined();
    expect(options).not.toHaveProperty('rejectUnauthorized');
    expect(requestOptionsOf(PLAIN, { headers, checksHost: false })).not.toHaveProperty('checkServerIdentity');
  });
});
