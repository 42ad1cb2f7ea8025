import type { PoisonPolicy } from '../../../../shared/settings/common-settings.ts';
import type { MissingIndex } from '../../lanes/write-result.ts';
import type { Connector } from './connector.ts';

/** The settings of the whole function that a connector file determines. */
export interface FunctionSettings {
  /** From `errors.tolerance`: none blocks; all and data write dead letters. */
  readonly onPoison: PoisonPolicy;
  /** The field `deadLetterTopic` of dead letters. */
  readonly deadLetterTopic: string | undefined;
  readonly deletes: 'hard' | 'tombstone';
  readonly tombstoneTtlSeconds: number;
  /** What happens to a write whose filter has no unique index. */
  readonly missingIndex: MissingIndex;
  /** What happens to a write without upsert whose document is missing. */
  readonly onNoMatch: 'ignore' | 'deadLetter';
}

const MISSING_INDEX: Readonly<Record<string, MissingIndex>> = { deadletter: 'deadLetter', block: 'block' };

export function functionSettings({ properties }: Pick<Connector, 'properties'>): FunctionSettings {
  const word = (name: string) => properties.text(name).toLowerCase();
  const tolerance = word('mongo.errors.tolerance') || word('errors.tolerance');
  return {
    onPoison: tolerance === 'none' ? 'block' : 'deadLetter',
    deadLetterTopic: properties.text('errors.deadletterqueue.topic.name') || undefined,
    deletes: word('msksinks.deletes') === 'tombstone' ? 'tombstone' : 'hard',
    tombstoneTtlSeconds: properties.integer('msksinks.deletes.tombstone.ttl.seconds'),
    missingIndex: MISSING_INDEX[word('msksinks.guard.missingIndex')] ?? 'write',
    onNoMatch: word('msksinks.update.unmatched') === 'ignore' ? 'ignore' : 'deadLetter',
  };
}
