import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';

/** Plain JavaScript, which the compiler does not read. */
const file = join(import.meta.dirname, '..', '..', '..', 'infra', 'credential-providers.mjs');
const { fromNodeProviderChain }: { fromNodeProviderChain(): () => Promise<object> } = await import(file);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the credential provider', () => {
  it("gives the driver the current session of the function's role", async () => {
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

  it('fails without credentials in the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    await expect(fromNodeProviderChain()()).rejects.toThrow('no role credentials');
  });
});
