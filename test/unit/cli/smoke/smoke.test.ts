import { describe, expect, it } from 'vitest';
import { smokeEvent } from '../../../../cli/smoke/smoke-event.ts';
import { smokeSteps } from '../../../../cli/smoke/smoke-steps.ts';
import { smokeTargets } from '../../../../cli/smoke/smoke-targets.ts';
import { partitionKeyOf } from '../../../../functions/kinesis-sink/plan/partition-key.ts';
import { decodeEvent } from '../../../../shared/event.ts';
import { aStageFileWithConnector } from '../../../support/a-connector.ts';
import { aDocumentdbSink } from '../../../support/a-documentdb-sink.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';

const ID = '0b1c';
const KEY = `msk-sinks-smoke-test-${ID}`;
const NOW_MS = Date.UTC(2026, 10, 29);

/** YAML takes JSON. */
const targetsOf = (file: object) => smokeTargets('dev', { readFile: () => JSON.stringify(file), environment: {} });
const recordsOf = (pointer?: string) =>
  decodeEvent(smokeEvent({ id: ID, nowMs: NOW_MS, pointer })).flatMap(({ records }) => records);

describe('the smoke event', () => {
  it('is one record of now, with a topic and a key that no cluster has', () => {
    expect(recordsOf()).toEqual([
      expect.objectContaining({
        position: expect.objectContaining({ topic: 'msk-sinks-smoke-test', offset: 0 }),
        timestampMs: NOW_MS,
      }),
    ]);
  });

  it('makes one document in a collection of its own, marked as what it is', async () => {
    const setup = aDocumentdbSink();
    expect((await setup.write(recordsOf())).map(({ kind }) => kind)).toEqual(['written']);
    expect(setup.store.calls.map(({ namespace }) => namespace)).toEqual(['shop.msk-sinks-smoke-test']);
    expect(setup.store.get(KEY, 'shop.msk-sinks-smoke-test')?.get('mskSinksSmokeTest')).toBe(ID);
  });

  it.each(['/order/id', '/a~1b/0', '/sentAt'])('has its partition key at the pointer %s', (pointer) => {
    const [record] = recordsOf(pointer);
    const options = { partitionKey: 'jsonPointer', partitionKeyPointer: pointer, randomKey: () => 'random' } as const;
    expect(record && partitionKeyOf(record, options)).toEqual({ kind: 'shared', text: KEY });
  });
});

describe('the steps of a smoke test', () => {
  const stepsOf = (file: object, stage = 'dev') =>
    smokeSteps({ stage, file: 'smoke.json', id: ID, targets: targetsOf(file) }).join('\n');

  it('invoke both functions, and drop the collection', () => {
    const steps = stepsOf(aStageFile());
    expect(steps).toContain('npx serverless invoke --stage dev -f kinesisSink --path smoke.json\n');
    expect(steps).toContain('npx serverless invoke --stage dev -f documentdbSink --path smoke.json\n');
    expect(steps).toMatch(/\n {2}db\.getSiblingDB\("shop"\)\.getCollection\("msk-sinks-smoke-test"\)\.drop\(\)$/);
  });

  it('invoke the functions of this machine for the stage local', () => {
    const steps = stepsOf(aStageFile(), 'local');
    expect(steps).toContain('npx serverless invoke local --stage local -f kinesisSink --path smoke.json\n');
    expect(steps).not.toContain('serverless invoke --stage');
    expect(steps).toContain('while npm start runs');
  });

  it('delete only the document from a collection that all topics share', () => {
    const steps = stepsOf(aStageFile({ documentdbSink: { collection: 'orders' } }));
    expect(steps).not.toContain('drop()');
    expect(steps).toContain(`db.getSiblingDB("shop").getCollection("orders").deleteOne({_id: "${KEY}"})`);
  });

  it('leave documentdbSink out where a connector file decides', () => {
    const steps = stepsOf(aStageFileWithConnector());
    expect(steps).not.toContain('-f documentdbSink');
    expect(steps).toMatch(/documentdbSink is left out: config\/connectors\/test\.properties decides/);
  });

  it('name the function that the stage deploys, and no other', () => {
    const { kinesisSink, ...documentdbAlone } = aStageFile();
    const { documentdbSink, ...kinesisAlone } = aStageFile();
    expect(kinesisSink).toBeDefined();
    expect(documentdbSink).toBeDefined();
    expect(stepsOf(documentdbAlone)).not.toContain('kinesisSink');
    expect(stepsOf(kinesisAlone)).not.toMatch(/documentdbSink|mongosh/);
  });

  it('are refused for a stage without a file', () => {
    const nothing = { readFile: () => undefined, environment: {} };
    expect(() => smokeTargets('test', nothing)).toThrow('config/test.yml does not exist');
  });
});
