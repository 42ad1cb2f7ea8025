import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Build {
  readonly inputs: readonly string[];
  readonly files: ReadonlyMap<string, string>;
}

/** Plain JavaScript, which the compiler does not read. */
const { buildOnce }: { buildOnce(name: string, options: object): Build } = createRequire(import.meta.url)(
  '../../../infra/build-once.cjs',
);

describe('a build', () => {
  let root: string;
  let record: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'build-once-'));
    record = join(root, '.local', 'build', 'greeting.json');
    await mkdir(join(root, 'node_modules'));
    await write('node_modules/.package-lock.json', '{"packages":{}}');
    await write('start.ts', "import { word } from './word.ts'; console.log(word);");
    await write('word.ts', "export const word: string = 'hello';");
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const write = (path: string, text: string) => writeFile(join(root, path), text);
  const build = (options: object = {}) =>
    buildOnce('greeting', {
      ...{ absWorkingDir: root, entryPoints: ['start.ts'], outdir: 'out', bundle: true, logLevel: 'silent' },
      ...options,
    });
  const code = (options: object = {}) => build(options).files.get('start.js');
  /** A second file with the same content is a second build. */
  const recordId = async () => (await stat(record)).ino;

  it('gives what was read and what is to be written, the first time and after that', () => {
    const first = build();
    expect(first.inputs.toSorted()).toEqual(['start.ts', 'word.ts']);
    expect([...first.files.keys()]).toEqual(['start.js']);
    expect(first.files.get('start.js')).toContain('hello');
    expect(build()).toEqual(first);
  });

  it('is made once while nothing has changed', async () => {
    build();
    const kept = JSON.parse(await readFile(record, 'utf8'));
    await writeFile(record, JSON.stringify({ ...kept, files: { 'start.js': 'kept' } }));
    expect(code()).toBe('kept');
  });

  it('is made again when a file that it read has changed, be it of the same size', async () => {
    expect(code()).toContain('hello');
    await write('word.ts', "export const word: string = 'hallo';");
    expect(code()).toContain('hallo');
  });

  it.each([['node_modules/.package-lock.json'], ['package.json'], ['tsconfig.json']])(
    'is made again when %s has changed, by which an import may mean another file',
    async (path) => {
      build();
      const before = await recordId();
      await write(path, '{"name":"changed"}');
      build();
      expect(await recordId()).not.toBe(before);
    },
  );

  it('is made again with other options', () => {
    expect(code()).toContain('"hello"');
    expect(code({ banner: { js: '// other' } })).toContain('// other');
    expect(code()).not.toContain('// other');
  });

  it('fails as before where a file that it read is gone', async () => {
    build();
    await rm(join(root, 'word.ts'));
    expect(() => build()).toThrow('Could not resolve "./word.ts"');
  });

  it('is made again where its record cannot be read, and leaves no draft', async () => {
    build();
    await writeFile(record, '{"settings":');
    expect(code()).toContain('hello');
    expect(await readdir(join(root, '.local', 'build'))).toEqual(['greeting.json']);
  });
});
