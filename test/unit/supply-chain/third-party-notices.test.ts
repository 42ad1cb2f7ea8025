import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thirdPartyNotices } from '../../../infra/bundle/third-party-notices.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'notices-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function aPackage(name: string, license: unknown, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(root, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return `node_modules/${name}/dist/index.js`;
}

describe('the notices of a bundle', () => {
  it('name each package once, with its version, its license and the texts that the license asks for', async () => {
    const inputs = [
      aPackage('@aws/one', 'Apache-2.0', { LICENSE: 'Apache text', NOTICE: 'one was made by ..', 'README.md': 'no' }),
      aPackage('two', 'MIT', { 'license.md': 'Copyright two' }),
      'node_modules/two/lib/other.js',
      'functions/kinesis-sink/handler.ts',
    ];
    const text = await thirdPartyNotices(inputs, root);
    expect(text.split('two 1.2.3 (MIT)')).toHaveLength(2);
    for (const part of ['@aws/one 1.2.3 (Apache-2.0)', 'Apache text', 'one was made by ..', 'Copyright two']) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('no\n');
  });

  it('write a text once that packages share', async () => {
    const inputs = ['one', 'two'].map((name) => aPackage(name, 'Apache-2.0', { LICENSE: 'Apache text' }));
    const text = await thirdPartyNotices(inputs, root);
    expect(text).toContain('one 1.2.3 (Apache-2.0)\ntwo 1.2.3 (Apache-2.0)\n\nApache text');
    expect(text.split('Apache text')).toHaveLength(2);
  });

  it('tell a package in a package from the outer one', async () => {
    aPackage('outer', 'MIT');
    const inner = aPackage('outer/node_modules/inner', 'ISC');
    const text = await thirdPartyNotices([inner], root);
    expect(text).toContain('inner 1.2.3 (ISC)');
    expect(text).not.toContain('outer 1.2.3');
  });

  it.each([['GPL-3.0'], [undefined]])('refuse a license that nobody has read: %s', async (license) => {
    const input = aPackage('one', license);
    await expect(thirdPartyNotices([input], root)).rejects.toThrow(/^one 1\.2\.3 has the license .*: read the license/);
  });
});
