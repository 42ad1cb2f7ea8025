import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFiles } from '../../../../cli/import-connector/write-files.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const STAGE = { path: 'config/prod.yml', content: 'new' };
const CONNECTOR = { path: 'config/connectors/orders.json', content: '{}' };
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the files of an import', () => {
  it('are written with their folders', async () => {
    await writeFiles([STAGE, CONNECTOR], root);
    expect([textOf(STAGE.path), textOf(CONNECTOR.path)]).toEqual(['new', '{}']);
  });

  it('are not written where one of them cannot be', async () => {
    mkdirSync(join(root, CONNECTOR.path), { recursive: true });
    await expect(writeFiles([STAGE, CONNECTOR], root)).rejects.toThrow(
      'config/connectors/orders.json cannot be written (EISDIR), and nothing is',
    );
    expect(existsSync(join(root, STAGE.path))).toBe(false);
  });

  it('leave what was there where one of them cannot be written', async () => {
    mkdirSync(join(root, CONNECTOR.path), { recursive: true });
    writeFileSync(join(root, STAGE.path), 'old');
    await expect(writeFiles([STAGE, CONNECTOR], root)).rejects.toThrow('cannot be written');
    expect(textOf(STAGE.path)).toBe('old');
  });
});
