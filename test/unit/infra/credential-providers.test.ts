import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';

/** Plain JavaScript, which the compiler does not read. */
const file = join(import.meta.dirname, '..', '..', '..', 'infra', 'credential-providers.mjs');
const { fromNodeProviderChain }: { fromNodeProviderChain(): () => Promise<object> } = await import(file);

afterEach(() => {
  vi.unstubAllEnvs();
});

it("gives the driver the session of the function's role, as it stands at each call", async () => {
  const provide = fromNodeProviderChain();
  for (const round of ['first', 'second']) {
    vi.stubEnv('AWS_ACCESS_KEY_ID', `${round} id`);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', `${round} secret`);
    vi.stubEnv('AWS_SESSION_TOKEN', `${round} token`);
    expect(await provide()).toEqual({
      accessKeyId: `${round} id`,
      secretAccessKey: `${round} secret`,
      sessionToken: `${round} token`,
    });
  }
});

it('fails where the environment has none', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  await expect(fromNodeProviderChain()()).rejects.toThrow('no role credentials');
});
