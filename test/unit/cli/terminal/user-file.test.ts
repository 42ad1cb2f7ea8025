import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readUserFile } from '../../../../cli/terminal/user-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file that a user named', () => {
  it('is read as bytes', () => {
    writeFileSync(join(folder, 'prices.json'), Buffer.from([0xff, 0xfe]));
    expect(readUserFile(join(folder, 'prices.json'), 'prices.json', '')).toEqual(Buffer.from([0xff, 0xfe]));
  });

  it('and that cannot be read is named as written, with the reason and the remedy', () => {
    const read = (path: string) => () => readUserFile(path, './prices', 'name another file with --prices');
    expect(read(folder)).toThrow('./prices cannot be read (EISDIR): name another file with --prices');
    expect(read(join(folder, 'none'))).toThrow('./prices cannot be read (ENOENT): name another file with --prices');
  });
});
