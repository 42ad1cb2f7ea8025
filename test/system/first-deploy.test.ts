// docs/first-deploy.md, followed from its first line to its last: every block of commands runs in one bash, with the permissions
// that the page names, against an AWS on this machine. Commands of services that the local AWS does not have (MSK, the network)
// are parsed by the AWS CLI, and their effect is that of the local engines.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { FirstDeploy } from '../support/first-deploy/first-deploy.ts';
import { readPage } from '../support/first-deploy/page.ts';

const page = await readPage();
let followed: FirstDeploy;

beforeAll(async () => {
  followed = await FirstDeploy.open(await endpointsOf(inject('runFolder')));
  await cp(join(PROJECT_ROOT, 'cli'), join(followed.project.folder, 'cli'), { recursive: true });
  await followed.follow(page);
});
afterAll(() => followed?.close());

describe('docs/first-deploy.md, followed to its end,', () => {
  it('has commands for every step', () => {
    const of = (program: string) => followed.commands.filter((command) => command.program === program);
    expect(of('aws').length).toBeGreaterThan(25);
    expect(of('npx').map(({ args }) => args.slice(1, 2).join())).toEqual([
      ...['package', 'deploy', 'info', 'invoke', 'invoke', 'remove'],
    ]);
    expect(of('mongosh')).toHaveLength(page.filter(({ language }) => language === 'js').length);
  });

  it('starts without the topic, and ends with a record of the topic in the stream and in the collection', () => {
    expect(followed.topicExistedBefore).toBe(false);
    const value = Buffer.from('{"orderId":"order-1001","status":"placed"}').toString('base64');
    expect(followed.stdout).toContain(`order-1001\t${value}`);
    expect(followed.found).toMatchObject({ _id: 'order-1001', status: 'placed' });
  });

  it('shows the log line of the batch', () => {
    expect(followed.stdout).toMatch(/"message":"batch_settled".*"recordCount":1/);
  });

  it('has a smoke test that both functions settle', () => {
    expect(followed.smokeAnswers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
  });

  it('leaves nothing of the smoke test in DocumentDB, and one marked record in the stream', () => {
    expect(followed.documentsAfterCleanup).toBe(0);
    const marked = followed.stdout.match(/^msk-sinks-smoke-test-[0-9a-f-]{36}\t\S+$/gm) ?? [];
    expect(marked).toHaveLength(1);
    const [, data = ''] = marked[0]?.split('\t') ?? [];
    expect(JSON.parse(Buffer.from(data, 'base64').toString())).toHaveProperty('mskSinksSmokeTest');
  });

  it('removes what it made', async () => {
    expect(await followed.remains()).toEqual({ stacks: [], buckets: [], streams: [] });
  });
});
