import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFolder } from '../../../parity/connector/case.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const FOLDERS = ['test/parity/connector/cases', 'test/fixtures/connector-documents'];

describe('the cases of npm run parity', () => {
  it('are at least 80, each with records', async () => {
    const cases = (await Promise.all(FOLDERS.map((folder) => readFolder(join(ROOT, folder))))).flat();
    expect(cases.length).toBeGreaterThanOrEqual(80);
    expect(cases.filter(({ records }) => records.length === 0)).toEqual([]);
  });

  it('expect only differences that docs/migrating.md names', async () => {
    const migrating = readFileSync(join(ROOT, 'docs/migrating.md'), 'utf8').replaceAll(/\s+/g, ' ');
    const cases = (await Promise.all(FOLDERS.map((folder) => readFolder(join(ROOT, folder))))).flat();
    const names = cases.flatMap(({ expected }) => expected.map(({ documented }) => documented));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !migrating.includes(name))).toEqual([]);
  });
});
