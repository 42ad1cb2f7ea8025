// What `npm run import-connector` writes, packaged by the framework after the listed gaps are filled in.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFile } from '../../cli/import-connector/run.ts';
import { projectSurroundings } from '../../infra/stage-file/project-files.ts';
import { copyProject } from '../support/deploy/project-copy.ts';
import { serverless } from '../support/serverless.ts';

const SEEDS = ['prod.yaml', 'orders-sink.json'].map((name) => join('test/fixtures/migration', name));
const STAGE = 'imported';
const CLUSTER = 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/11111111-2222-3333-4444-555555555555-1';

let folder: string;
let project: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
  project = join(folder, 'project');
  await mkdir(project);
  await copyProject(project);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm run import-connector', () => {
  it('makes one stage of doka and of a connector, which the framework packages', async () => {
    const written = new Map<string, string>();
    const surroundings = { ...projectSurroundings, readFile: (path: string) => written.get(path), environment: {} };
    for (const file of SEEDS) {
      const options = { file, stage: STAGE, force: true };
      for (const { path, content } of importFile(options, await readFile(file), surroundings).files) {
        written.set(path, content.toString());
      }
    }
    for (const [path, text] of written) {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), text.replace(/arn: FILL_IN.*/, `arn: ${CLUSTER}`));
    }

    const packaged = join(folder, 'package');
    const args = ['package', '--stage', STAGE, '--package', packaged];
    const { exitCode, stderr } = await serverless(args, { home: folder, cwd: project, timeoutMs: 120_000 });

    expect(exitCode, stderr).toBe(0);
    const template = await readFile(join(packaged, 'cloudformation-template-update-stack.json'), 'utf8');
    const resources: readonly { readonly Type: string; readonly Properties?: { readonly Topics?: unknown } }[] =
      Object.values(JSON.parse(template).Resources);
    const mappings = resources.filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
    expect(mappings.map(({ Properties }) => Properties?.Topics)).toEqual([['orders'], ['orders'], ['returns']]);
    expect(template).toContain('doka-orders');
  });
});
