// documentdbSink logs in as its own role: through the built bundle, which brings no package for it, against a server that
// takes MONGODB-AWS (the stand-in does not).
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { writeEndpoints } from '../../local/engines/endpoints.ts';
import { startFunction } from '../../local/lambda/function-process.ts';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { startIamServer } from '../support/iam-server.ts';
import { packageOnce } from '../support/package-once.ts';

const { caFile } = (await endpointsOf(inject('runFolder'))).documentdb;

describe('documentdbSink with an IAM login', () => {
  it("signs with the function's own session, and writes", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
    const tls = dirname(caFile);
    const [cert, key] = await Promise.all(['server.pem', 'server.key'].map((name) => readFile(join(tls, name))));
    const server = await startIamServer({ cert: cert ?? Buffer.alloc(0), key: key ?? Buffer.alloc(0) });
    onTestFinished(async () => {
      server.stop();
      await rm(folder, { recursive: true });
    });
    const endpointsFile = join(folder, 'endpoints.json');
    await writeEndpoints(endpointsFile, await endpointsOf(inject('runFolder')));
    const { functions } = await packageOnce(inject('runFolder'))({
      stage: 'local',
      folder: join(folder, 'package'),
      endpointsFile,
    });
    const packaged = functions.find(({ name }) => name.endsWith('documentdbSink'));
    const { MSK_SINKS_SECRET_ARN: _, ...environment } = packaged?.environment ?? {};
    const running = await startFunction({
      name: 'documentdbSink',
      codeFolder: packaged?.codeFolder ?? '',
      handler: packaged?.handler ?? '',
      environment: {
        ...environment,
        MSK_SINKS_AUTHENTICATION: 'iam',
        MSK_SINKS_HOST: '127.0.0.1',
        MSK_SINKS_PORT: String(server.port),
        MSK_SINKS_REPLICA_SET: 'none',
      },
      timeoutMs: 35_000,
      memoryMb: 1024,
      logFile: join(folder, 'function.log'),
    });
    onTestFinished(() => running.stop());
    const event = await readFile(join(PROJECT_ROOT, 'test', 'fixtures', 'events', 'orders.json'), 'utf8');
    expect(await running.invoke(event)).toMatchObject({ kind: 'answered', payload: '{"batchItemFailures":[]}' });
    const [login] = server.logins;
    expect(login).toMatchObject({
      mechanism: 'MONGODB-AWS',
      source: '$external',
      sessionToken: environment['AWS_SESSION_TOKEN'],
    });
    expect(login?.authorization).toMatch(
      new RegExp(`^AWS4-HMAC-SHA256 Credential=${environment['AWS_ACCESS_KEY_ID']}/\\d{8}/us-east-1/sts/aws4_request`),
    );
    expect(server.commands).toContain('update');
  });
});
