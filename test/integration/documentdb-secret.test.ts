// The connection secret through the real Secrets Manager client: against the local AWS, and against one that quotes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createSecretReader } from '../../functions/documentdb-sink/target/connection/aws-readers.ts';
import { createConnectionSecret } from '../../functions/documentdb-sink/target/connection/secret.ts';
import { FatalError } from '../../functions/documentdb-sink/target/fatal-error.ts';
import { endpointsOf } from '../support/engines-of-run.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:msk-sinks/local/documentdb';
const endpoints = await endpointsOf(inject('runFolder'));
const { signal } = new AbortController();

beforeEach(() => {
  for (const [name, value] of Object.entries(endpoints.functions.documentdbSink.environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the reader of the connection secret', () => {
  it("reads host, port and credentials with the function's own role", async () => {
    const { host, port, username, password } = endpoints.documentdb;
    expect(await createConnectionSecret(SECRET_ARN, createSecretReader())(signal)).toEqual({
      host,
      port,
      username,
      password,
    });
  });

  it('is refused a secret that is not its own, and no record is to blame', async () => {
    const other = createConnectionSecret(SECRET_ARN.replace('local/documentdb', 'local/other'), createSecretReader());
    await expect(other(signal)).rejects.toBeInstanceOf(FatalError);
  });

  it('says nothing of what the service says, and asks once', async () => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls += 1;
      const body = JSON.stringify({ __type: 'InternalServiceError', message: 'SECRET' });
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const error: unknown = await createConnectionSecret(
      SECRET_ARN,
      createSecretReader(),
    )(signal).catch((thrown: unknown) => thrown);
    server.close();
    server.closeAllConnections();
    expect(error).toMatchObject({ code: 'credentials_unavailable', scope: 'target' });
    expect(String(error)).toContain('InternalServiceError');
    expect(String(error)).not.toContain('SECRET');
    expect(calls).toBe(1);
  });
});
