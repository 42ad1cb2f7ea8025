import { join } from 'node:path';
import { administratorOf, type LocalAccounts, seedAccounts } from './aws/accounts.ts';
import { type LocalAws, localAwsRecipe, startLocalAws } from './aws/aws.ts';
import { DEFAULT_RESOURCES, type LocalResources } from './aws/resources.ts';
import { type DocumentDb, documentDbRecipe, startDocumentDb } from './documentdb/documentdb.ts';
import type { Credentials, Endpoints } from './endpoints.ts';
import { functionEnvironments } from './function-environments.ts';
import { findInstallation, type Progress, type Recipe } from './install/installation.ts';
import { findToolchain, TOOLS, type Tool } from './install/toolchain.ts';
import { type Kafka, kafkaRecipe, startKafka } from './kafka/kafka.ts';
import type { Engine } from './process/engine.ts';

export interface EnginesOptions {
  /** The absolute path for data and logs of a run. Kafka and DocumentDB reuse the data of an earlier run. */
  readonly folder: string;
  readonly resources?: LocalResources;
  /** False: the local AWS checks no signatures and no permissions. */
  readonly authorization?: boolean;
  readonly progress: Progress;
  /** Called when an engine ends unexpectedly; the others keep running. */
  readonly onDeath?: (error: Error) => void;
  /** The folder of installations. Default: `.local/engines` of this project. */
  readonly installRoot?: string;
}

export interface Engines {
  readonly endpoints: Endpoints;
  readonly resources: LocalResources;
  readonly kafka: Kafka;
  readonly aws: LocalAws;
  readonly documentdb: DocumentDb;
  /** Full permissions in their account: for reading back, never for a function. */
  readonly administrators: { readonly accountA: Credentials; readonly accountB: Credentials };
  /** The same endpoints with new sessions for the functions; a session ends after 12 hours. */
  renew(): Promise<Endpoints>;
  /** Stops all three side by side; resolves when their processes are gone. */
  stop(): Promise<void>;
}

export const INSTALL_ROOT = join(import.meta.dirname, '..', '..', '.local', 'engines');

/**
 * Installs missing engines, starts Kafka, the local AWS and the DocumentDB stand-in in parallel, and creates the AWS resources.
 * @throws Error that names the missing tools, or each engine that did not start; then no engine is left running.
 */
export async function startEngines(options: EnginesOptions): Promise<Engines> {
  const { folder, progress, installRoot = INSTALL_ROOT, resources = DEFAULT_RESOURCES, authorization = true } = options;
  await checkToolchain(installRoot, resources, progress);

  const common = { installRoot, progress, ...(options.onDeath === undefined ? {} : { onDeath: options.onDeath }) };
  const kafka = startKafka({ ...common, folder: join(folder, 'kafka') });
  const documentdb = startDocumentDb({
    ...common,
    folder: join(folder, 'documentdb'),
    username: resources.documentdbUser,
  });
  const aws = startLocalAws({ ...common, folder: join(folder, 'aws'), region: resources.region, authorization });
  const seeded = seedWhenUp(resources, aws, documentdb);
  await allOrNone([kafka, documentdb, aws], seeded);
  return await assemble(resources, { kafka: await kafka, documentdb: await documentdb, aws: await aws });
}

/** Reports all missing tools in one message before any download. Checks nothing if everything is installed. */
async function checkToolchain(installRoot: string, resources: LocalResources, progress: Progress): Promise<void> {
  const needs: readonly (readonly [Recipe, readonly Tool[]])[] = [
    [await kafkaRecipe(progress), ['java', 'maven']],
    [documentDbRecipe(resources.documentdbUser, progress), ['python']],
    [localAwsRecipe(progress), ['python']],
  ];
  const wanted = await Promise.all(
    needs.map(async ([recipe, tools]) => ((await findInstallation(recipe, installRoot)) === undefined ? tools : [])),
  );
  await findToolchain(TOOLS.filter((tool) => wanted.flat().includes(tool)));
}

/** Creates the AWS resources while Kafka still starts. The secret needs DocumentDB's address. */
async function seedWhenUp(
  resources: LocalResources,
  aws: Promise<LocalAws>,
  documentdb: Promise<DocumentDb>,
): Promise<void> {
  const [{ endpointUrl }, { host, port, user }] = await Promise.all([aws, documentdb]);
  await seedAccounts({ endpointUrl, resources }, { host, port, ...user });
}

async function allOrNone(starting: readonly Promise<Engine>[], seeded: Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled([...starting, seeded]);
  const reasons = new Set(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])));
  if (reasons.size === 0) return;
  const started = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : [],
  );
  await Promise.all(started.map((engine) => engine.stop()));
  const [first, ...others] = reasons;
  if (others.length === 0) throw first;
  throw new AggregateError(
    reasons,
    [...reasons].map((reason) => (reason instanceof Error ? reason.message : reason)).join('\n'),
  );
}

interface Started {
  readonly kafka: Kafka;
  readonly documentdb: DocumentDb;
  readonly aws: LocalAws;
}

async function assemble(resources: LocalResources, { kafka, documentdb, aws }: Started): Promise<Engines> {
  const accounts: LocalAccounts = { endpointUrl: aws.endpointUrl, resources };
  const administrators = {
    accountA: administratorOf(resources.accountA),
    accountB: administratorOf(resources.accountB),
  };
  const { host, port, caFile, user } = documentdb;
  const renew = async (): Promise<Endpoints> => ({
    kafka: { bootstrapServers: kafka.bootstrapServers },
    aws: { endpointUrl: aws.endpointUrl, region: resources.region, administrators },
    documentdb: { host, port, caFile, ...user, administrator: documentdb.administrator },
    functions: await functionEnvironments(accounts, caFile),
  });
  const stop = async () => {
    await Promise.all([kafka.stop(), documentdb.stop(), aws.stop()]);
  };
  const endpoints = await renew().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { endpoints, resources, kafka, aws, documentdb, administrators, renew, stop };
}
