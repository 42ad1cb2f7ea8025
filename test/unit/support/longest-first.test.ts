import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { LONGEST, LongestFirst } from '../../support/longest-first.ts';

const root = join(import.meta.dirname, '..', '..', '..');

const specification = (file: string, groupOrder = 1) =>
  ({
    moduleId: join(root, file),
    project: { name: file.split('/')[1], config: { sequence: { groupOrder } } },
  }) as unknown as TestSpecification;

describe('the order of test files', () => {
  it('names files that exist', () => {
    expect(LONGEST.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('has the longest first within a group, whatever their projects, and other groups where they were', async () => {
    const ctx = { config: { root }, cache: { getTestSpecificationResult: () => undefined } } as unknown as Vitest;
    const files = [
      'test/integration/engines.test.ts',
      'test/system/deploy.test.ts',
      'test/simulation/simulation.test.ts',
    ];
    const unit = specification('test/unit/any.test.ts', 0);
    const sorted = await new LongestFirst(ctx).sort([...files.map((file) => specification(file)), unit]);
    expect(sorted.map(({ moduleId }) => moduleId.slice(root.length + 1))).toEqual([
      'test/unit/any.test.ts',
      'test/simulation/simulation.test.ts',
      'test/system/deploy.test.ts',
      'test/integration/engines.test.ts',
    ]);
  });
});
