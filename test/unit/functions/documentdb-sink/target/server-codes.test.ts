import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classifyWriteError } from '../../../../../functions/documentdb-sink/target/classify.ts';
import { type CodeClass, classOf } from '../../../../../functions/documentdb-sink/target/server-codes.ts';

interface Row {
  readonly code: number;
  readonly means: string;
  readonly class: CodeClass;
}

const table: { readonly rows: readonly Row[]; readonly ofQueriesOnly: readonly number[] } = JSON.parse(
  readFileSync('test/fixtures/documentdb-error-codes.json', 'utf8'),
);

describe("the table of DocumentDB's error codes", () => {
  it.each(table.rows)('$code ($means) is: $class', ({ code, class: expected }) => {
    expect(classOf(code)).toBe(expected);
  });

  it('has codes of queries and indexes, which a write does not meet: they blame nothing without evidence', () => {
    expect(table.ofQueriesOnly.map(classOf)).toEqual(table.ofQueriesOnly.map(() => 'either'));
  });

  it('has no code that makes a dead letter of a write without evidence, except those that name a document', () => {
    const blamed = table.rows.filter(
      ({ code }) => classifyWriteError({ code, duplicateIndex: undefined }).kind === 'poison',
    );
    expect(blamed.map((row) => row.class)).toEqual(blamed.map(() => 'document'));
  });
});
