import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classifyWriteError } from '../../../../../functions/documentdb-sink/target/classify.ts';
import {
  type CodeClass,
  classOf,
  isListed,
  isTooLarge,
  nameOfCode,
} from '../../../../../functions/documentdb-sink/target/server-codes.ts';

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

  it.each([
    [2, 'BadValue (code 2)'],
    [9, 'FailedToParse (code 9)'],
    [14, 'TypeMismatch (code 14)'],
    [15, 'Overflow (code 15)'],
    [22, 'InvalidBSON (code 22)'],
    [28, 'PathNotViable (code 28)'],
    [40, 'ConflictingUpdateOperators (code 40)'],
    [52, 'DollarPrefixedFieldName (code 52)'],
    [53, 'InvalidIdField (code 53)'],
    [56, 'EmptyFieldName (code 56)'],
    [57, 'DottedFieldName (code 57)'],
    [66, 'ImmutableField (code 66)'],
    [121, 'DocumentValidationFailure (code 121)'],
    [171, 'CannotIndexParallelArrays (code 171)'],
    [10334, 'BSONObjectTooLarge (code 10334)'],
    [17280, 'KeyTooLong (code 17280)'],
    [17419, 'the document would be too large after the update (code 17419)'],
    [17420, 'the document to upsert is too large (code 17420)'],
    [4_711, 'code 4711'],
  ])('has a name for a dead letter with the code %i', (code, name) => {
    expect(nameOfCode(code)).toBe(name);
  });

  /** Of both tables: network, elections, locks, conflicts, write concerns, shutdowns, backups, blocked writes. */
  it('has codes for which no document is to blame, whatever the command', () => {
    const codes = [
      ...[6, 7, 24, 46, 64, 79, 89, 90, 91, 92, 100, 107, 112, 117, 133, 134, 147, 148, 189, 202, 216, 225, 251, 290],
      ...[355, 365, 371, 9001, 10058, 10107, 11600, 11601, 11602, 13435, 13436, 14031, 46841, 50915],
    ];
    expect(codes.filter((code) => classOf(code) !== 'outage')).toEqual([]);
    expect(codes.filter((code) => !isListed(code))).toEqual([]);
    expect(isListed(4_711)).toBe(false);
  });

  /** Of the categories RetriableError and SystemOverloadedError: limits of admission, a pool of connections, an upgrade. */
  it('has codes with which MongoDB asks for another attempt', () => {
    const codes = [358, 402, 406, 407, 412, 433, 449, 450, 453, 462, 91331, 10045600];
    expect(codes.map(classOf)).toEqual(codes.map(() => 'outage'));
    expect(codes.every(isListed)).toBe(true);
  });

  it('has the codes of documents that are too large', () => {
    expect([10334, 17280, 17419, 17420, 121, 14].map(isTooLarge)).toEqual([true, true, true, true, false, false]);
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
