import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOMS } from '../../../tools/rooms.ts';

/** `docs/architecture.md` by its headings. */
const sections = new Map(
  readFileSync('docs/architecture.md', 'utf8')
    .split(/^(?=#{2,3} )/m)
    .map((text) => [/^#+ (.*)/.exec(text)?.[1] ?? '', text]),
);

/** The first cell that is code, of each row of the tables below a heading. */
const pathsBelow = (heading: string): readonly string[] =>
  [...(sections.get(heading) ?? '').matchAll(/^\|[^`|]*\|? ?`([^`]+)`/gm)].map(([, path = '']) => path);

const isOfProject = (name: string) => !name.startsWith('.') && !['node_modules', 'dist', 'coverage'].includes(name);

/** A folder that a moved file has left empty is none. */
const foldersIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => {
    if (!isOfProject(name)) return false;
    const path = `${folder}/${name}`;
    return (
      statSync(path).isDirectory() &&
      readdirSync(path, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile())
    );
  });

describe('docs/architecture.md', () => {
  it.each(['The way of a batch', 'kinesisSink', 'documentdbSink'])('names files that exist, below %s', (heading) => {
    const paths = pathsBelow(heading);
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each(['kinesis-sink', 'documentdb-sink'])('has the folders of %s, in the order of the imports', (sink) => {
    const ordered = ROOMS[`functions/${sink}`]?.filter((room) => room.endsWith('/'));
    expect(pathsBelow(sink)).toEqual(ordered);
    expect(foldersIn(`functions/${sink}`).map((name) => `${name}/`)).toEqual(
      expect.arrayContaining([...(ordered ?? [])]),
    );
    expect(foldersIn(`functions/${sink}`)).toHaveLength(ordered?.length ?? 0);
  });

  it('has every folder of shared/', () => {
    expect(pathsBelow('shared')).toEqual(
      ['shared/', ...foldersIn('shared').map((name) => `shared/${name}/`)].toSorted(),
    );
  });

  it('has every folder of the project', () => {
    const named = [...pathsBelow('The rest').map((path) => path.replace('/', '')), 'functions', 'shared', 'docs'];
    expect(foldersIn('.').filter((name) => !named.includes(name))).toEqual([]);
  });
});
