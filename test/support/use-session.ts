import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Session, type SessionOptions, startSession } from '../../local/session.ts';

type Options = Pick<SessionOptions, 'partialFailureRetry' | 'seed'> & Partial<SessionOptions>;

/**
 * A session with engines of its own for the tests of the `describe` that calls this. A hook that the `describe` adds later begins
 * later, and ends earlier. @returns the session, while tests and hooks run
 */
export function useSession(options: Options): () => Session {
  let folder: string;
  let session: Session;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
    const files = { folder: join(folder, 'run'), endpointsFile: join(folder, 'endpoints.json') };
    session = await startSession({ ...files, valueBytes: 1024, progress: () => undefined, ...options });
  });
  afterAll(async () => {
    await session?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return () => session;
}
