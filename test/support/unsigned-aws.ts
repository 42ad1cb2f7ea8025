import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { administratorOf, seedAccounts } from '../../local/engines/aws/accounts.ts';
import { startLocalAws } from '../../local/engines/aws/aws.ts';
import { DEFAULT_RESOURCES as resources } from '../../local/engines/aws/resources.ts';
import type { Endpoints } from '../../local/engines/endpoints.ts';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import { functionEnvironments } from '../../local/engines/function-environments.ts';

/** A local AWS of its own that checks no signatures: for a proxy that changes requests. */
export interface UnsignedAws {
  /** Those given, with this AWS in place of theirs. */
  readonly endpoints: Endpoints;
  stop(): Promise<void>;
}

export async function startUnsignedAws(others: Endpoints): Promise<UnsignedAws> {
  const folder = await mkdtemp(join(tmpdir(), 'unsigned-aws-'));
  const { region, accountA, accountB } = resources;
  const place = { installRoot: INSTALL_ROOT, folder, region };
  const aws = await startLocalAws({ ...place, authorization: false, progress: () => undefined });
  const accounts = { endpointUrl: aws.endpointUrl, resources };
  const { host, port, username, password, caFile } = others.documentdb;
  await seedAccounts(accounts, { host, port, username, password });
  const administrators = { accountA: administratorOf(accountA), accountB: administratorOf(accountB) };
  return {
    endpoints: {
      ...others,
      aws: { endpointUrl: aws.endpointUrl, region, administrators },
      functions: await functionEnvironments(accounts, caFile),
    },
    stop: async () => {
      await aws.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
