// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what Kafka calls a placeholder looks like one of a template.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parseStageText, readWrittenStage } from '../../../../infra/stage-file/written-stage.ts';
import { PROJECT_ROOT } from '../../../../local/pipeline/package-template.ts';

/** How the framework reads a stage file. */
const framework = createRequire(createRequire(import.meta.url).resolve('serverless/package.json'));
const { load } = framework('js-yaml') as { load(text: string, options: object): unknown };
const schema: unknown = framework('./lib/utils/serverless-utils/cloudformation-schema');
const asFramework = (text: string): unknown => load(text, { schema });

const stageOf = (files: Readonly<Record<string, string>>) =>
  readWrittenStage('dev', { readFile: (path) => ({ 'serverless.yml': 'service: sinks', ...files })[path] });

describe('the text of a stage file', () => {
  it.each([
    ['an anchor that is merged', 'a: &a\n  memoryMb: 256\nb:\n  <<: *a\n  timeoutSeconds: 60'],
    ['two that are merged', 'a: &a {x: 1, y: 1}\nb: &b {y: 2}\nc:\n  <<: [*a, *b]\n  z: 3'],
    ['an alias', 'a: &a [orders]\nb: *a'],
    ['words of YAML 1.1', 'a: [yes, no, on, off, y, n]'],
    ['numbers', 'a: [08, 1e3, 0x1F, 0o7, 1_000, 012345678901, 1.0, .5, 5., +5]'],
    ['a time', 'a: [2026-11-01, 2026-11-01T00:00:00Z, 2026-11-01 00:00:00]'],
    ['nothing', 'a:\nb: ~\nc: null'],
    ['a byte order mark', '\ufeffa: 1'],
    ['texts', 'a: "08"\nb: \'no\'\nc: |\n  x\n  y\nd: >\n  x\n  y\ne: ${env:X}'],
  ])('means what it means to the framework: %s', (_what, text) => {
    expect(parseStageText(text, 'config/dev.yml')).toEqual(asFramework(text));
  });

  it.each(['dev', 'local', 'prod', 'qa'])('of %s is read as the framework reads it', (stage) => {
    const text = readFileSync(`${PROJECT_ROOT}/config/${stage}.yml`, 'utf8');
    expect(parseStageText(text, stage)).toEqual(asFramework(text));
  });

  it.each([
    ['a: x: hunter2', 'config/dev.yml, line 1, column 4 is no YAML (BLOCK_AS_IMPLICIT_KEY): correct this place'],
    ['a: 1\na: hunter2', 'config/dev.yml, line 2, column 1 is no YAML (DUPLICATE_KEY): correct this place'],
    ['a: *hunter2', 'config/dev.yml is no YAML (an alias without its anchor): correct this place'],
    ['a: 1\n---\nb: hunter2', 'config/dev.yml, line 2, column 1 is no YAML (MULTIPLE_DOCS): correct this place'],
  ])('that is no YAML is refused with its place, and is not quoted: %j', (text, message) => {
    expect(() => asFramework(text)).toThrow();
    expect(() => stageOf({ 'config/dev.yml': text })).toThrow(new Error(message));
  });

  it('is there, and is not empty', () => {
    expect(() => stageOf({})).toThrow(new Error('config/dev.yml does not exist: choose another stage with --stage'));
    expect(() => stageOf({ 'config/dev.yml': '# a: 1\n' })).toThrow(
      new Error('config/dev.yml is empty: config/dev.yml is an example'),
    );
    expect(stageOf({ 'config/dev.yml': 'a: 1' })).toEqual({
      name: 'config/dev.yml',
      service: 'sinks',
      written: { a: 1 },
    });
  });
});
