import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../../local/pipeline/package-template.ts';

/** Who runs a block: its first comment and its section say so. */
export type Actor = 'deployer' | 'administratorA' | 'administratorB' | 'anybody';

/** One block of commands of docs/first-deploy.md. */
export interface PageBlock {
  readonly language: 'sh' | 'js';
  readonly text: string;
  /** The number of its section; 0 before the first. */
  readonly section: number;
  readonly actor: Actor;
}

/** Sections that the deployer carries out with the permissions of section 1. */
const DEPLOYER_SECTIONS = { first: 5, last: 8 };

/** All blocks of commands, in the order of the page. */
export async function readPage(): Promise<readonly PageBlock[]> {
  const text = await readFile(join(PROJECT_ROOT, 'docs', 'first-deploy.md'), 'utf8');
  return text.split(/^## /m).flatMap((part) => {
    const section = Number(/^\d+/.exec(part)?.[0] ?? 0);
    return [...part.matchAll(/^```(sh|js)\n([\s\S]*?)^```$/gm)].map(([, language, block = '']) => ({
      ...{ language: language as PageBlock['language'], text: block, section },
      actor: actorOf(block, section),
    }));
  });
}

function actorOf(block: string, section: number): Actor {
  const [, account, rest = ''] = /^# account ([AB])(.*)/.exec(block) ?? [];
  if (account === undefined) return 'anybody';
  if (account === 'B') return 'administratorB';
  const isDeployer = section >= DEPLOYER_SECTIONS.first && section <= DEPLOYER_SECTIONS.last && rest === '';
  return isDeployer ? 'deployer' : 'administratorA';
}
