import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { MongoClient } from 'mongodb';
import { vi } from 'vitest';
import { clientOptions } from '../../local/engines/aws/accounts.ts';
import { documentDbClient, isServing } from '../../local/engines/documentdb/documentdb-client.ts';
import type { RunningSink } from '../../local/pipeline/pipeline.ts';
import type { Session } from '../../local/session.ts';

/** What a fail point does to an update or a delete: https://github.com/mongodb/mongo/wiki/The-%22failCommand%22-fail-point */
export interface FailPoint {
  /** Answered instead of executed; 10107: not the primary any more. */
  readonly errorCode?: number;
  /** Instead of executing and answering. */
  readonly closeConnection?: boolean;
  /** Executed, and answered that it may be rolled back. */
  readonly writeConcernError?: { readonly code: number; readonly errmsg: string };
}

export type SinkName = 'kinesisSink' | 'documentdbSink';

/** Everything that is done to a running session, in order: each act is over when it resolves. */
export interface FaultActs {
  sink(name: SinkName): RunningSink;
  /** Resolves while that function works on a batch. */
  inTheMidst(name: SinkName): Promise<void>;
  killKafka(): Promise<void>;
  killFunction(name: SinkName): Promise<void>;
  killDocumentDb(): Promise<void>;
  /** Until its function has handed records back. */
  refuseKinesis(): Promise<void>;
  failWrites(failPoint: FailPoint, times: number): Promise<void>;
  /** In the server and in the secret; open connections end. Says whether the old one still opens the server. */
  changePassword(): Promise<{ readonly isOldAccepted: boolean }>;
  /** An engine that is started again is ready when the first password opens it. */
  restorePassword(): Promise<void>;
  close(): Promise<void>;
}

const WAIT = { timeout: 120_000, interval: 2 };

export function faultActs(session: Session): FaultActs {
  const { engines, endpoints, kinesisProxy } = session;
  const admin = documentDbClient(endpoints.documentdb, endpoints.documentdb.administrator);
  const { accountA } = engines.administrators;
  const secrets = new SecretsManagerClient(
    clientOptions({ endpointUrl: endpoints.aws.endpointUrl, resources: engines.resources }, accountA),
  );
  const sink = (name: SinkName) => {
    const found = session.pipeline.sinks.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const inTheMidst = (name: SinkName) =>
    vi.waitUntil(() => openInvocations(sink(name)) > 0, WAIT).then(() => undefined);
  const setPassword = async (password: string) => {
    const { host, port, username } = endpoints.documentdb;
    const secret = { engine: 'mongo', host, port, username, password, ssl: true };
    await admin.db('admin').command({ updateUser: username, pwd: password });
    await secrets.send(
      new PutSecretValueCommand({ SecretId: engines.resources.secret, SecretString: JSON.stringify(secret) }),
    );
    await failWrites(admin, { closeConnection: true }, 1);
  };
  return {
    sink,
    inTheMidst,
    killKafka: async () => {
      await engines.kafka.kill();
      await engines.kafka.restart();
    },
    killFunction: (name) => sink(name).process.kill(),
    killDocumentDb: async () => {
      await engines.documentdb.kill();
      await engines.documentdb.restart();
    },
    refuseKinesis: async () => {
      const { batches } = sink('kinesisSink');
      const unsettledBefore = batches.unsettled;
      await kinesisProxy.refuse();
      await vi.waitUntil(() => batches.unsettled > unsettledBefore, WAIT);
      await kinesisProxy.accept();
    },
    failWrites: (failPoint, times) => failWrites(admin, failPoint, times),
    changePassword: async () => {
      await setPassword(randomUUID());
      const { username, password } = endpoints.documentdb;
      return { isOldAccepted: await isServing(endpoints.documentdb, { username, password }) };
    },
    restorePassword: () => setPassword(endpoints.documentdb.password),
    close: async () => {
      secrets.destroy();
      await admin.close();
    },
  };
}

function openInvocations({ trigger }: RunningSink): number {
  const { invocationsStarted, invocationsEnded } = trigger.counters();
  return invocationsStarted - Object.values(invocationsEnded).reduce((sum, count) => sum + count, 0);
}

async function failWrites(admin: MongoClient, failPoint: FailPoint, times: number): Promise<void> {
  const data = { failCommands: ['update', 'delete'], ...failPoint };
  await admin.db('admin').command({ configureFailPoint: 'failCommand', mode: { times }, data });
}
