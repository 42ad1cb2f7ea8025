import type { Deployment } from '../../infra/template/deployment.ts';
import type { Groups } from './groups.ts';
import type { HandoverOptions } from './options.ts';
import { committedBy, linesOf, type Move, problemsOf } from './plan.ts';

/** Copies the offsets. Rejects with an Error that says what to do; nothing is copied then. */
export async function handOver(
  options: Omit<HandoverOptions, 'brokers' | 'stage'>,
  deployment: Deployment,
  groups: Groups,
  print: (line: string) => void,
): Promise<void> {
  const wanted = mappingsOf(options, deployment);
  const own = wanted.filter(({ consumerGroupId }) => consumerGroupId === options.otherGroup);
  for (const { topic } of own)
    print(`${topic}: the mapping reads as ${options.otherGroup} itself, and there is nothing to copy`);
  const others = wanted.filter((mapping) => !own.includes(mapping));
  await refuseMembers(groups, [
    ...new Set([options.otherGroup, ...others.map(({ consumerGroupId }) => consumerGroupId)]),
  ]);
  const moves = await Promise.all(others.map((mapping) => moveOf(options, mapping, groups)));
  const problems = problemsOf(moves);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  for (const line of moves.flatMap(linesOf)) print(line);
  if (options.dryRun) return;
  for (const move of moves) {
    const offsets = committedBy(move);
    if (offsets.length > 0) await groups.commit(move.targetGroup, move.topic, offsets);
  }
  await verify(moves, groups);
  if (moves.length > 0) print('copied');
}

function mappingsOf({ sink }: Pick<HandoverOptions, 'sink'>, { functions, stage }: Deployment) {
  if (sink === undefined && functions.length > 1) {
    throw new Error(`config/${stage}.yml has both functions: name one with --function`);
  }
  const chosen = functions.filter(({ name }) => sink === undefined || name === sink);
  if (chosen.length === 0) throw new Error(`config/${stage}.yml has no ${sink ?? 'function'}`);
  return chosen.flatMap(({ mappings, trigger: { startingPosition } }) =>
    mappings.map((mapping) => ({ ...mapping, startingPosition })),
  );
}

async function refuseMembers(groups: Groups, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const count = await groups.memberCount(name);
    if (count === 0) continue;
    throw new Error(
      `the group ${name} has ${count} member(s): stop the connector or the consumer, or set trigger.enabled: false and deploy, and wait until the group is empty`,
    );
  }
}

async function moveOf(
  { otherGroup, direction }: Pick<HandoverOptions, 'otherGroup' | 'direction'>,
  { topic, consumerGroupId, startingPosition }: ReturnType<typeof mappingsOf>[number],
  groups: Groups,
): Promise<Move> {
  const [sourceGroup, targetGroup] =
    direction === 'toMappings' ? [otherGroup, consumerGroupId] : [consumerGroupId, otherGroup];
  return {
    ...{ topic, sourceGroup, targetGroup },
    partitions: await groups.view(topic, sourceGroup, targetGroup),
    startingPosition: direction === 'toMappings' ? startingPosition : undefined,
  };
}

async function verify(moves: readonly Move[], groups: Groups): Promise<void> {
  for (const move of moves) {
    const after = await groups.view(move.topic, move.sourceGroup, move.targetGroup);
    const differs = after.some(({ source, target }) => source !== undefined && target !== source);
    if (differs)
      throw new Error(
        `${move.targetGroup} does not have the offsets of ${move.sourceGroup} afterwards: run the command again`,
      );
  }
}
