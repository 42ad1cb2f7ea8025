import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { circlesIn, importsOf } from '../../../tools/imports.ts';
import {
  biasedImports,
  crowdedFolders,
  foreignImports,
  isLaneFile,
  ROOMS,
  upwardImports,
  writableMembers,
} from '../../../tools/rooms.ts';

const D = 'functions/documentdb-sink';

describe('the order of the folders', () => {
  it('refuses an import that goes up', () => {
    const up = { from: `${D}/guard/fold.ts`, to: `${D}/lanes/lane.ts` };
    expect(upwardImports([up])).toEqual([up]);
  });

  it('refuses an import of what starts the function', () => {
    const up = { from: `${D}/connector/file/property.ts`, to: `${D}/handler.ts` };
    expect(upwardImports([up])).toEqual([up]);
  });

  it('allows an import within a folder, down, and of the limits beside it', () => {
    const files = [`${D}/guard/guard.ts`, `${D}/bson/identity.ts`, `${D}/limits.ts`, 'shared/errors.ts'];
    expect(upwardImports(files.map((to) => ({ from: `${D}/guard/fold.ts`, to })))).toEqual([]);
  });

  it('keeps each sink from the other, and shared/ from both', () => {
    const imports = [
      { from: `${D}/sink.ts`, to: 'functions/kinesis-sink/limits.ts' },
      { from: 'shared/errors.ts', to: `${D}/limits.ts` },
      { from: 'local/session.ts', to: `${D}/limits.ts` },
      { from: `${D}/sink.ts`, to: 'shared/errors.ts' },
    ];
    expect(foreignImports(imports)).toEqual(imports.slice(0, 2));
  });

  it("keeps the product's code from what judges it, but for the ports", () => {
    const imports = [
      { from: 'test/simulation/services/a.ts', to: `${D}/bson/identity.ts` },
      { from: 'test/support/document-server/filter.ts', to: `${D}/guard/guard.ts` },
      { from: 'test/simulation/services/a.ts', to: `${D}/target/document-store.ts` },
      { from: 'test/support/write-models.ts', to: `${D}/bson/identity.ts` },
    ];
    expect(biasedImports(imports)).toEqual(imports.slice(0, 2));
  });

  it('allows 12 files beside each other, and no more', () => {
    const files = (folder: string, count: number) => Array.from({ length: count }, (_, n) => `${folder}/${n}.ts`);
    expect(crowdedFolders([...files('local/small', 12), ...files('local/large', 13)])).toEqual([
      'local/large/ holds 13 files, and 12 are the most',
    ]);
  });
});

describe('the imports of files', () => {
  const texts: Readonly<Record<string, string>> = {
    'a/one.ts': "import { two } from '../b/two.ts';\nimport { readFileSync } from 'node:fs';",
    'b/two.ts': "export type { Three } from './three.ts';",
    'b/three.ts': "const lazy = () => import('../a/one.ts');",
  };
  const imports = importsOf(Object.keys(texts), (file) => texts[file] ?? '');

  it('are those of types, of re-exports and of import(), from the project root', () => {
    expect(imports).toEqual([
      { from: 'a/one.ts', to: 'b/two.ts' },
      { from: 'b/two.ts', to: 'b/three.ts' },
      { from: 'b/three.ts', to: 'a/one.ts' },
    ]);
  });

  it('make a circle where they come back', () => {
    expect(circlesIn(imports)).toEqual([['a/one.ts', 'b/two.ts', 'b/three.ts']]);
    expect(circlesIn(imports.slice(0, 2))).toEqual([]);
  });
});

interface Override {
  readonly includes: readonly string[];
  readonly linter: {
    readonly rules: {
      readonly style?: {
        readonly noRestrictedImports?: { readonly options: { readonly patterns: readonly { group: string[] }[] } };
      };
    };
  };
}

describe('biome.json', () => {
  const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8')) as { overrides: readonly Override[] };
  const refusedIn = (includes: string): readonly string[] =>
    overrides
      .filter((override) => override.includes.includes(includes))
      .flatMap(({ linter }) => linter.rules.style?.noRestrictedImports?.options.patterns ?? [])
      .flatMap(({ group }) => group);

  const cases = Object.entries(ROOMS).flatMap(([sink, rooms]) =>
    rooms.filter((room) => room.endsWith('/')).map((room) => ({ sink, room, rooms })),
  );
  it.each(cases)('refuses in $sink/$room what stands above it', ({ sink, room, rooms }) => {
    const above = rooms
      .slice(rooms.indexOf(room) + 1)
      .map((each) => (each.endsWith('/') ? `**/${each}**` : `**/${each}`));
    expect(refusedIn(`${sink}/${room}**`)).toEqual(expect.arrayContaining(above));
  });
});

describe('the state of a lane', () => {
  it('is in the lanes of both sinks, and in what they share', () => {
    const files = ['shared/delivery/lane.ts', 'functions/kinesis-sink/lanes/lane.ts', `${D}/lanes/lane.ts`];
    expect(files.filter(isLaneFile)).toEqual(files);
    expect(isLaneFile(`${D}/lanes/partition-lanes.ts`)).toBe(false);
  });

  it('is private or readonly, whatever else stands in the file', () => {
    const text = `export abstract class Lane {
  #next = 0;
  readonly key: string;
  protected readonly first = 1;
  get head(): number {
    const here = 1;
  }
  settle(count: number): void {
    this.#next = count;
  }
}

const failure = () => ({
  code: 'dead_letter_failed',
});
`;
    expect(writableMembers(text)).toEqual([]);
  });

  it.each([
    ['next = 0;', 'next'],
    ['protected trial: Trial;', 'trial'],
    ['public override next?: number;', 'next'],
    ['static count = 0;', 'count'],
    ['set state(value: string) {', 'state'],
    ['protected override set state(value: string) {', 'state'],
  ])('is not open to other files: %s', (member, name) => {
    expect(writableMembers(`class Lane extends Base<Item> {\n  ${member}\n}\n`)).toEqual([name]);
  });
});
