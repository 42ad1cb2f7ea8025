import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A built function: its files by when they are loaded. */
export interface Bundle {
  /** index.js and what it imports statically, and so on: loaded by every cold start. */
  readonly atStart: readonly string[];
  /** Loaded when first needed. */
  readonly lazy: readonly string[];
  bytesOf(files: readonly string[]): number;
  /** The npm packages whose code is in these files, by their source maps. */
  packagesOf(files: readonly string[]): ReadonlySet<string>;
  /** The source files whose code is in a file, from the project's root. */
  sourcesOf(file: string): readonly string[];
}

const STATIC_IMPORT = /(?:import|export)(?:[\w$*{},\s]*from)?\s*"\.\/([^"]+)"/g;
const LAZY_IMPORT = /import\("\.\/([^"]+)"\)/g;
const ANY_CHUNK = /"\.\/(chunk-[^"]+\.js)"/g;

/** Reads a folder of dist/. @throws Error when an import is of neither kind: then the figures could not be trusted */
export function readBundle(folder: string): Bundle {
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  const atStart = new Set<string>();
  const open = ['index.js'];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (atStart.has(file)) continue;
    atStart.add(file);
    const code = text(file);
    const statics = importsOf(code, STATIC_IMPORT);
    const known = statics.length + importsOf(code, LAZY_IMPORT).length;
    if (importsOf(code, ANY_CHUNK).length !== known) throw new Error(`${file} imports a chunk in an unknown way`);
    open.push(...statics);
  }
  const all = readdirSync(folder).filter((file) => file.endsWith('.js'));
  return {
    atStart: [...atStart],
    lazy: all.filter((file) => !atStart.has(file)),
    bytesOf: (files) => files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
    packagesOf: (files) => new Set(files.flatMap((file) => packagesIn(text(`${file}.map`)))),
    sourcesOf: (file) => sourcesIn(text(`${file}.map`)).map((source) => source.replace(/^(?:\.\.\/)+/, '')),
  };
}

const importsOf = (code: string, pattern: RegExp): readonly string[] =>
  [...code.matchAll(pattern)].flatMap(([, file]) => file ?? []);

function sourcesIn(map: string): readonly string[] {
  const { sources }: { readonly sources: readonly string[] } = JSON.parse(map);
  return sources;
}

const packagesIn = (map: string): readonly string[] =>
  sourcesIn(map).flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
