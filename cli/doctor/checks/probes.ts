import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeployedFunction } from '../../../infra/template/deployment.ts';
import type { ProbeResponse } from '../../../shared/probe/probe.ts';
import type { Value } from '../ask.ts';
import { type Check, type Context, look } from '../context.ts';
import { type Finding, failed, warning } from '../finding.ts';

const EVENT = '{"mskSinks":"probe"}';

/** What the functions see from where they run: each is invoked once with an event that has no records. */
export const checkProbes: Check = async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-doctor-'));
  try {
    return (await Promise.all(context.deployment.functions.map((each) => probe(context, each, folder)))).flat();
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function probe(
  { ask, deployment }: Context,
  { name, functionName }: DeployedFunction,
  folder: string,
): Promise<readonly Finding[]> {
  const title = `${name}: its own view`;
  const [event, answer] = [join(folder, `${name}.event.json`), join(folder, `${name}.answer.json`)];
  await writeFile(event, EVENT);
  return await look(
    ask,
    {
      title,
      command: 'lambda invoke',
      options: { 'function-name': functionName, payload: `fileb://${event}` },
      positional: [answer],
      right: 'lambda:InvokeFunction',
      missing: () => warning(title, 'not deployed', `npx serverless deploy --stage ${deployment.stage}`),
    },
    async ({ FunctionError }: Value) =>
      FunctionError === undefined
        ? findingsIn(await readFile(answer, 'utf8'), name, title)
        : [
            failed(
              title,
              'the function threw',
              `npx serverless logs --stage ${deployment.stage} -f ${name} --startTime 5m`,
            ),
          ],
  );
}

function findingsIn(text: string, name: string, title: string): readonly Finding[] {
  const { mskSinks, findings }: Partial<ProbeResponse> = JSON.parse(text);
  if (mskSinks !== 'probe' || findings === undefined) {
    return [warning(title, 'the deployed version knows no probe', 'deploy the current version')];
  }
  return findings.map((finding) => ({
    ...{ title: `${name}: ${finding.title}`, status: finding.status, found: finding.found },
    ...(finding.status !== 'ok' && { remedy: finding.remedy ?? TABLES }),
  }));
}

const TABLES = 'docs/operations.md has a table of the codes; docs/first-deploy.md one of the network';
