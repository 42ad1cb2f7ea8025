import type { Mapping } from '../../local/msk-trigger/mapping/mapping.ts';
import type { Groups } from '../handover/groups.ts';

/** The mappings with groups of their own: what is committed for them concerns no mapping in AWS. */
export const withGroupPrefix = (mappings: readonly Mapping[], prefix: string): readonly Mapping[] =>
  mappings.map((mapping) => ({ ...mapping, consumerGroupId: `${prefix}${mapping.consumerGroupId}` }));

/** Kafka takes no offsets of a group with members from anybody else, so that every record would be delivered here again. */
export async function refuseMembers(mappings: readonly Mapping[], groups: Pick<Groups, 'memberCount'>): Promise<void> {
  for (const { logicalId, consumerGroupId } of mappings) {
    const count = await groups.memberCount(consumerGroupId);
    if (count === 0) continue;
    throw new Error(
      `${logicalId}: the group ${consumerGroupId} has ${count} member(s), a mapping in AWS or another consumer: read with a group of your own (--group-prefix TEXT), or stop its members`,
    );
  }
}

/** Whether every broker is on this machine. */
export const isThisMachine = (bootstrapServers: string): boolean =>
  bootstrapServers.split(',').every((server) => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]):\d+$/i.test(server));

/** Two readers of one group, neither of which is a member, would each deliver every record. */
export function refuseGroupsOfStart(mappings: readonly Mapping[], groupsOfStart: readonly string[]): void {
  const shared = mappings.find(({ consumerGroupId }) => groupsOfStart.includes(consumerGroupId));
  if (shared === undefined) return;
  throw new Error(
    `${shared.logicalId}: npm start reads with the group ${shared.consumerGroupId}, and every record would be delivered twice: read with a group of your own (--group-prefix TEXT), or stop npm start`,
  );
}

/** Whether both are the same addresses of this machine. */
export const isSameKafka = (one: string, other: string): boolean => {
  const addresses = (servers: string) => servers.toLowerCase().replaceAll(/localhost|\[::1\]/g, '127.0.0.1');
  return addresses(one) === addresses(other);
};
