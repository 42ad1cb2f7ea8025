import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usesColors } from '../../../cli/terminal/colors.ts';

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

/** Their own options are those of Vitest, Biome and esbuild. */
const OF_OTHERS = new Set([
  'test',
  'test:unit',
  'test:simulation',
  'test:long',
  'test:integration',
  'test:system',
  'format',
  'build',
]);

const commands = Object.entries(scripts).flatMap(([name, script]) => {
  const [, file] = /^node bootstrap\.mjs (\S+\.ts)$/.exec(script) ?? [];
  return file === undefined || OF_OTHERS.has(name) ? [] : [[name, file] as const];
});

describe('--help', () => {
  it('is asked of every command of package.json that is our own', () => {
    const own = Object.keys(scripts).filter((name) => !OF_OTHERS.has(name));
    expect(commands.map(([name]) => name)).toEqual(own);
  });

  // A process for each would take a minute on a busy machine.
  it.each(commands)('of %s prints how the command is called and its exit codes', (name, file) => {
    const texts = [file, ...importsOf(file)].map((path) => readFileSync(path, 'utf8'));
    const printed =
      texts.map((text) => /(?:USAGE = |helpIfAsked\(\s*)`(npm [\s\S]*)/.exec(text)?.[1]).find(Boolean) ?? '';
    expect(printed).toMatch(new RegExp(`^npm ${name === 'start' ? '' : 'run '}${name}`));
    expect(printed).toMatch(/^Exit codes: (?:0|\$\{\w+\}) /m);
    // Node reads it behind the script too: it ends where there is no such file, and takes the NODE_OPTIONS in it.
    expect(printed).not.toContain('--env-file');
  });
});

/** Of the command's own files. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+\.ts)'/g)].map(([, path = '']) => join(dirname(file), path));

describe('colours', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{}, {}, false],
  ])('on %j with %j: %j', (stream, environment, expected) => {
    expect(usesColors(stream, environment)).toBe(expected);
  });
});
