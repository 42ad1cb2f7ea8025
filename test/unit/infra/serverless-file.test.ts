import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { templateParts } from '../../../infra/template/template.ts';
import { aStageFile } from '../../support/a-stage-file.ts';

const text = readFileSync('serverless.yml', 'utf8');
const file = parse(text);
const part = (name: string) => `\${file(infra/template.cjs):${name}}`;

describe('serverless.yml', () => {
  it('asks infra/template.cjs only for parts that it has', () => {
    const parts = Object.keys(templateParts('msk-sinks', 'dev', aStageFile({ tags: { team: 'data' } })));
    const asked = [...text.matchAll(/file\(infra\/template\.cjs\):(\w+)/g)].map(([, name = '']) => name);
    expect(parts).toEqual(expect.arrayContaining(asked));
    expect(new Set(asked)).toEqual(new Set(parts.filter((name) => name !== 'notices')));
  });

  it('names the runtime and the cheaper processor, and keeps no old version of a function', () => {
    expect(file.provider).toEqual({
      ...{ name: 'aws', stage: '$' + "{opt:stage, 'dev'}", region: part('region') },
      ...{ runtime: 'nodejs24.x', architecture: 'arm64', versionFunctions: false },
      logRetentionInDays: part('logRetentionDays'),
      deploymentBucket: part('deploymentBucket'),
      ...{ tags: part('tags'), stackTags: part('tags') },
    });
  });

  it('has the parts of the template, and hands the account and the protection to the plugin of deployments', () => {
    const { custom, functions, resources, plugins, configValidationMode } = file;
    expect([functions, resources]).toEqual([part('functions'), part('resources')]);
    const terminationProtection = '$' + '{file(infra/template.cjs):terminationProtection, null}';
    expect(custom).toEqual({ accountId: part('accountId'), terminationProtection });
    expect(plugins).toEqual(['./esbuild.config.mjs', './infra/invoke-local-plugin.mjs', './infra/deploy-plugin.mjs']);
    expect(configValidationMode).toBe('error');
  });
});
