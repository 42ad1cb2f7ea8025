import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputOf, runInput, TARGETS } from '../../fuzz/run-case.ts';

const CASES = 30;
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const CORPUS = join(import.meta.dirname, '..', '..', 'fixtures', 'fuzz-corpus');

const filesOf = (target: string): readonly string[] => {
  const folder = join(CORPUS, target);
  return existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [];
};

describe('the fuzz target', () => {
  it.each(TARGETS)('$name passes the inputs that failed once', async (target) => {
    for (const file of filesOf(target.name)) {
      expect(await runInput(target, JSON.parse(readFileSync(file, 'utf8'))), file).toBeUndefined();
    }
  });

  it.each(TARGETS)(`$name passes ${CASES} new cases (seed ${SEED})`, async (target) => {
    for (let seed = SEED; seed < SEED + CASES; seed += 1) {
      expect(await runInput(target, inputOf(target, seed)), `FUZZ_SEED=${seed}`).toBeUndefined();
    }
  });

  it.each(TARGETS)('$name gives the same input for the same seed, and JSON can carry the input', ({ generate }) => {
    const input = generate.call(undefined, () => 0.4);
    expect(generate.call(undefined, () => 0.4)).toEqual(input);
    expect(JSON.parse(JSON.stringify(input ?? null))).toEqual(input ?? null);
  });
});

describe('the fuzz corpus', () => {
  it('has folders of targets only', () => {
    expect(TARGETS.map(({ name }) => name)).toEqual(expect.arrayContaining(readdirSync(CORPUS)));
  });
});

describe('a check', () => {
  it('that throws is reported', async () => {
    const thrown = new Error('found');
    const check = () => Promise.reject(thrown);
    expect(await runInput({ name: 'throws', generate: () => 1, check }, 1)).toBe(thrown);
  });
});
