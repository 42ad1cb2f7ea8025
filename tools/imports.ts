import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** One file imports another, types included; both as paths from the project's root. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

const RELATIVE_SPECIFIER = /(?:\bfrom|\bimport\()\s*'(\.{1,2}\/[^']+)'/g;

/** The relative imports of TypeScript files. @param files paths from the project's root */
export const importsOf = (files: readonly string[], read: (file: string) => string = readText): readonly Import[] =>
  files.flatMap((from) =>
    [...read(from).matchAll(RELATIVE_SPECIFIER)].map(([, specifier = '']) => ({
      from,
      to: posix.join(posix.dirname(from), specifier),
    })),
  );

const readText = (file: string): string => readFileSync(file, 'utf8');

/** Each circle once, as the files that import each other in turn. */
export function circlesIn(imports: readonly Import[]): readonly (readonly string[])[] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const finished = new Set<string>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    if (path.includes(file)) circles.push(path.slice(path.indexOf(file)));
    if (path.includes(file) || finished.has(file)) return;
    path.push(file);
    for (const { to } of targets.get(file) ?? []) visit(to);
    path.pop();
    finished.add(file);
  };
  for (const file of targets.keys()) visit(file);
  return circles;
}
