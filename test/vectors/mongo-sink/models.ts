import type { WriteModel } from '../../../functions/documentdb-sink/plan/write-model.ts';
import { CaseError, expectSame } from '../case-error.ts';
import { Comparison } from './compare.ts';
import type { MongoCase } from './mongo-case.ts';

/** @throws CaseError unless the writes are the one that the case expects */
export function expectModels(vector: MongoCase, models: readonly WriteModel[]): void {
  if (vector.expect === 'noop') {
    expectSame('the count of writes', models.length, 0);
    return;
  }
  if (vector.expect !== 'write') throw new CaseError('failed', `a write was made, expected ${vector.expect}`);
  const [model, ...others] = models;
  if (model === undefined) throw new CaseError('failed', 'nothing is written, expected a write');
  expectSame('the count of writes', others.length + 1, 1);
  expectModel(vector, model);
}

function expectModel({ op, upsert, expectedFilter, expectedDocument }: MongoCase, model: WriteModel): void {
  const comparison = new Comparison();
  if (op !== undefined) expectSame('the operation', model.kind, op);
  if (upsert !== undefined) expectSame('upsert', 'upsert' in model ? model.upsert : undefined, upsert);
  const filter = 'filter' in model ? model.filter : null;
  if (expectedFilter !== null) comparison.expect('the filter', filter, expectedFilter);
  const document = documentOf(model);
  if (expectedDocument !== null) comparison.expect('the document', document, expectedDocument);
}

function documentOf(model: WriteModel): unknown {
  switch (model.kind) {
    case 'insertOne':
      return model.document;
    case 'replaceOne':
      return model.replacement;
    case 'updateOne':
      return model.update;
    case 'deleteOne':
      return null;
  }
}
