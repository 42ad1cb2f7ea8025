import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROPERTIES } from '../../../functions/documentdb-sink/connector/file/properties-table.ts';
import { migratingDocs } from '../../../tools/migrating-docs.ts';

const docs = readFileSync(join(import.meta.dirname, '../../../docs/migrating.md'), 'utf8');

describe('docs/migrating.md', () => {
  it('is up to date', () => {
    expect(docs, 'docs/migrating.md is out of date: run npm run generate').toBe(migratingDocs(docs));
  });

  it('has a row for each property', () => {
    for (const { name, family } of PROPERTIES) expect(docs).toContain(`| \`${name}${family ? '*' : ''}\` |`);
  });

  it('needs the markers of its generated tables, and the error names them', () => {
    expect(() => migratingDocs('')).toThrow('docs/migrating.md lacks the markers of the table properties');
  });
});
