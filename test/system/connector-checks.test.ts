// What the console's verdict says of the documents of a connector file, while records flow.
import { describe, expect, it } from 'vitest';
import { documentDbClient } from '../../local/engines/documentdb/documentdb-client.ts';
import { useSession } from '../support/use-session.ts';

const NAME = 'DocumentDB: every document is as the connector file makes it';
const DRAIN_MS_MAX = 120_000;

describe('the checks of a connector file while records flow', () => {
  const session = useSession({
    partialFailureRetry: 'fromLowest',
    seed: 20_261_130,
    connector: 'config/connectors/orders.properties',
  });

  const checkDocuments = async () => {
    const checks = await session().checkSettled();
    expect(checks.filter(({ name, passed }) => name !== NAME && !passed)).toEqual([]);
    return checks.find(({ name }) => name === NAME);
  };

  it('hold at every moment, and compare every document', async () => {
    let isProduced = false;
    const producing = (async () => {
      for (let round = 0; round < 30; round += 1) await session().produce(50);
    })().finally(() => {
      isProduced = true;
    });
    let count = 0;
    while (!isProduced || count < 5) {
      expect(await checkDocuments()).toMatchObject({ passed: true });
      count += 1;
    }
    await producing;
    expect(await session().drained(AbortSignal.timeout(DRAIN_MS_MAX))).toBe(true);
    expect(await checkDocuments()).toEqual((await session().check()).find(({ name }) => name === NAME));
  });

  it('hold while DocumentDB is away, and when it is back', async () => {
    await session().targets.documentdb.takeAway();
    await session().produce(100);
    expect(await checkDocuments()).toBeUndefined();
    await session().targets.documentdb.bringBack();
    expect(await checkDocuments()).toMatchObject({ passed: true });
    expect(await session().drained(AbortSignal.timeout(DRAIN_MS_MAX))).toBe(true);
  });

  it('hold with a record that a rule of the collection refuses', async () => {
    await session().documents.setRule(true);
    await session().feed.producePoison('refused');
    expect(await session().drained(AbortSignal.timeout(DRAIN_MS_MAX))).toBe(true);
    expect(await checkDocuments()).toMatchObject({ passed: true });
  });

  it('fail when a document is changed, missing, or nobody asked for it', async () => {
    const { documentdb } = session().endpoints;
    const client = documentDbClient(documentdb, documentdb.administrator);
    try {
      const documents = client.db(session().stage.database).collection<{ _id: string }>(session().stage.collection);
      const found = await documents.findOne({ _deletedAt: { $exists: false } });
      const _id = found?._id ?? '';
      await session().documents.setRule(false);
      await documents.updateOne({ _id }, { $set: { changed: true } });
      expect((await checkDocuments())?.detail).toMatch(/1 documents are missing or differ; .*1 unexpected/);
      await documents.deleteOne({ _id });
      expect((await checkDocuments())?.detail).toMatch(/1 documents are missing or differ$/);
    } finally {
      await client.close();
    }
  });
});
