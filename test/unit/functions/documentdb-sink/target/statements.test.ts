import { describe, expect, it } from 'vitest';
import { updatesOf } from '../../../../../functions/documentdb-sink/target/statements.ts';

describe('the statements of a command', () => {
  it('are left to the driver where none of them holds a document in BSON', () => {
    const statements = [{ q: { _id: 1 }, u: new Map([['$set', new Map([['a', 1]])]]), upsert: true }];
    expect(updatesOf(statements)).toBe(statements);
  });
});
