import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsJsonSchema, settingsTable } from '../../../tools/settings-docs.ts';

const root = join(import.meta.dirname, '..', '..', '..');

interface ObjectSchema {
  readonly required: readonly string[];
  readonly additionalProperties: unknown;
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const schema: ObjectSchema = JSON.parse(settingsJsonSchema());
const SECTIONS = ['cluster', 'trigger', 'deadLetters', 'kinesisSink', 'documentdbSink'];
const section = (name: string) => schema.properties[name] as unknown as ObjectSchema;

describe('what is derived from the declarations of the settings', () => {
  it.each([
    ['config/schema.json', settingsJsonSchema],
    ['docs/settings.md', settingsTable],
  ])('%s is up to date', (file, generate) => {
    expect(readFileSync(join(root, file), 'utf8'), `${file} is out of date: run npm run generate`).toBe(generate());
  });
});

describe('the schema an editor checks a stage file against', () => {
  it('asks for what has no default, and for nothing else', () => {
    expect(schema.required).toEqual(['accountId', 'region', 'cluster']);
    expect(section('cluster').required).toEqual(['arn']);
    expect(section('trigger').required).toEqual([]);
    expect(section('kinesisSink').required).toEqual(['streamArn']);
    expect(section('documentdbSink').required).toEqual(['subnetIds', 'securityGroupIds']);
  });

  it('refuses names it does not know, at every level', () => {
    for (const each of [schema, ...SECTIONS.map(section)]) {
      expect(each.additionalProperties).toBe(false);
    }
  });

  it('has type, bounds, default and description of a number', () => {
    expect(section('kinesisSink').properties['requestTimeoutMs']).toEqual({
      type: 'integer',
      minimum: 1000,
      maximum: 60_000,
      default: 10_000,
      description: expect.stringContaining('Timeout of one PutRecords call'),
    });
  });

  it('describes every setting', () => {
    for (const name of SECTIONS) {
      for (const property of Object.values(section(name).properties)) {
        expect(property).toHaveProperty('description', expect.stringMatching(/\.$/));
      }
    }
  });
});

describe('the table of settings', () => {
  it('has a row for every setting of the schema', () => {
    const table = settingsTable();
    const names = SECTIONS.flatMap((name) => Object.keys(section(name).properties));
    expect(names.length).toBeGreaterThan(25);
    for (const name of names) expect(table).toContain(`| \`${name}\` |`);
  });

  it('has unit, bounds and default of a number', () => {
    expect(settingsTable()).toContain('| `recordKiBMax` | KiB, 1024 to 4096 | `1024` |');
  });
});
