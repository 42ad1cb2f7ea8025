import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { templateParts } from '../../../infra/template/template.ts';
import { DEFAULT_RESOURCES, resourceArns } from '../../../local/engines/aws/resources.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'config');
const read = (stage: string): unknown => parse(readFileSync(join(folder, `${stage}.yml`), 'utf8'));
/** Another test may just be writing a wrong one. */
const stages = readdirSync(folder).flatMap((file) => /^(?!wrong-)([\w-]+)\.yml$/.exec(file)?.[1] ?? []);

describe('config/', () => {
  it('has the stages dev and local', () => {
    expect(stages).toEqual(expect.arrayContaining(['dev', 'local']));
  });

  it.each(stages)('%s.yml can be deployed', (stage) => {
    expect(templateParts('msk-sinks', stage, read(stage)).resources.Resources).toHaveProperty('DeadLetterBucket');
  });

  it.each(stages)('%s.yml names its schema, for editors', (stage) => {
    expect(readFileSync(join(folder, `${stage}.yml`), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=schema\.json\n/,
    );
  });

  it('local.yml names the resources of the engines of this machine', () => {
    const arns = resourceArns(DEFAULT_RESOURCES);
    const { Resources } = templateParts('msk-sinks', 'local', read('local')).resources;
    expect(read('local')).toMatchObject({
      accountId: DEFAULT_RESOURCES.accountA,
      region: DEFAULT_RESOURCES.region,
      kinesisSink: { streamArn: arns.stream, roleArn: arns.streamRole, externalId: DEFAULT_RESOURCES.externalId },
      documentdbSink: { secretArn: arns.secret },
    });
    expect(Resources).toMatchObject({
      DeadLetterBucket: { Properties: { BucketName: DEFAULT_RESOURCES.deadLetterBucket } },
      KinesisSinkRole: { Properties: { RoleName: DEFAULT_RESOURCES.kinesisRole } },
      DocumentdbSinkRole: { Properties: { RoleName: DEFAULT_RESOURCES.documentdbRole } },
    });
  });
});
