import { describe, expect, it } from 'vitest';
import { bucketClient, type ClientParts } from '../../../../cli/dead-letters/bucket/client.ts';
import type { Endpoints } from '../../../../local/engines/endpoints.ts';

const ENDPOINTS = {
  aws: {
    endpointUrl: 'http://127.0.0.1:4566',
    region: 'eu-west-1',
    administrators: { accountA: { accessKeyId: '111111111111', secretAccessKey: 'local' } },
  },
} as Endpoints;

const clientFor = async (changes: Partial<ClientParts>) =>
  await bucketClient({
    ...{ command: 'list', stage: 'local', region: 'eu-west-1', environment: {} },
    runningEngines: async () => ENDPOINTS,
    ...changes,
  });

describe('the client of the dead-letter bucket', () => {
  it('is that of the running engines for the stage of npm start', async () => {
    const { config } = await clientFor({});
    expect(await config.endpoint?.()).toMatchObject({ hostname: '127.0.0.1', port: 4566 });
    expect(await config.credentials()).toMatchObject({ accessKeyId: '111111111111' });
  });

  it('asks to start the engines, or points to the console for a redrive', async () => {
    await expect(clientFor({ runningEngines: async () => undefined })).rejects.toThrow(
      /start it, or choose a deployed/,
    );
    await expect(clientFor({ command: 'redrive' })).rejects.toThrow(/use the button of the console/);
  });

  it.each([
    ['another stage', { stage: 'dev' }],
    ['an address of AWS in the environment', { environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } }],
    ['an address of S3 in the environment', { environment: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } }],
  ])('is that of the shell for %s', async (_, changes) => {
    const noEngines = async () => {
      throw new Error('nobody asks for the engines');
    };
    for (const command of ['list', 'redrive'] as const) {
      const { config } = await clientFor({ ...changes, command, runningEngines: noEngines });
      expect(config.forcePathStyle).toBe('environment' in changes);
    }
  });
});
