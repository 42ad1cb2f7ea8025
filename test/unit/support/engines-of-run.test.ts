import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Endpoints } from '../../../local/engines/endpoints.ts';
import { announceEngines, endpointsOf } from '../../support/engines-of-run.ts';

/** Only passed on. */
const endpoints = { kafka: { bootstrapServers: '127.0.0.1:9092' } } as Endpoints;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-of-run-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a test that needs engines', () => {
  it('waits until they are up', async () => {
    const starting = Promise.withResolvers<{ endpoints: Endpoints }>();
    const announced = announceEngines(folder, starting.promise);
    const asked = endpointsOf(folder);
    const first = await Promise.race([
      asked.then(() => 'has them'),
      new Promise((resolve) => setTimeout(resolve, 200, 'waits')),
    ]);
    expect(first).toBe('waits');
    starting.resolve({ endpoints });
    expect(await asked).toEqual(endpoints);
    await announced;
  });

  it('fails with the reason when they do not start', async () => {
    await announceEngines(folder, Promise.reject(new Error('no Java on this machine')));
    await expect(endpointsOf(folder)).rejects.toThrow('The engines did not start: no Java on this machine');
  });
});
