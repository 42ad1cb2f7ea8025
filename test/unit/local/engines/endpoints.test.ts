import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Endpoints, writeEndpoints } from '../../../../local/engines/endpoints.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endpoints-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const account = { accessKeyId: '111111111111', secretAccessKey: 'local' };
const endpoints: Endpoints = {
  kafka: { bootstrapServers: '127.0.0.1:21000' },
  aws: {
    endpointUrl: 'http://127.0.0.1:21002',
    region: 'eu-west-1',
    administrators: { accountA: account, accountB: account },
  },
  documentdb: {
    host: '127.0.0.1',
    port: 21_003,
    caFile: '/ca.pem',
    username: 'u',
    password: 'p',
    administrator: { username: 'a', password: 'p' },
  },
  functions: {
    kinesisSink: { environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:21002' } },
    documentdbSink: { environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:21002' } },
  },
};

describe('the endpoints file', () => {
  it('is read as it was written', async () => {
    const file = join(folder, 'deeper', 'endpoints.json');
    await writeEndpoints(file, endpoints);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(endpoints);
  });

  it('is readable by its owner only, also after it replaced another, and leaves no draft', async () => {
    const file = join(folder, 'endpoints.json');
    await writeFile(file, '{}', { mode: 0o644 });
    await writeEndpoints(file, endpoints);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['endpoints.json']);
  });
});
