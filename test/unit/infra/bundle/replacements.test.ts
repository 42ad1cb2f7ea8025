import { join } from 'node:path';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, describe, expect, it, vi } from 'vitest';

/** Plain JavaScript, which the compiler does not read. */
const folder = join(import.meta.dirname, '..', '..', '..', '..', 'infra', 'bundle', 'replacements');
const { fromNodeProviderChain } = await import(join(folder, 'credential-providers.mjs'));
const { EventStreamSerde, eventStreamSerdeProvider, resolveEventStreamSerdeConfig } = await import(
  join(folder, 'event-streams.mjs')
);
const { NodeHttp2Handler } = await import(join(folder, 'node-http-handler.mjs'));

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

describe('the event streams', () => {
  it('leave the configuration of a client as it is, and fail with a remedy where an operation needs them', () => {
    const config = { eventStreamSerdeProvider };
    expect(resolveEventStreamSerdeConfig(config)).toBe(config);
    expect(eventStreamSerdeProvider()).toBeUndefined();
    expect(() => new EventStreamSerde()).toThrow('remove their replacement from esbuild.config.mjs');
  });
});

describe('the handler of HTTP/2', () => {
  it("is the client's own handler of HTTP/1.1, and fails with a remedy where a client has none", () => {
    const handler = new NodeHttpHandler();
    expect(NodeHttp2Handler.create(handler)).toBe(handler);
    for (const missing of [undefined, {}, { requestTimeout: 1 }]) {
      expect(() => NodeHttp2Handler.create(missing)).toThrow('pass a NodeHttpHandler to the client as requestHandler');
    }
  });
});
