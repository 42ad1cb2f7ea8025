import type { Invocation } from '../services/lambda.ts';

interface Response {
  readonly batchItemFailures: readonly {
    readonly itemIdentifier: { readonly partition: string; readonly offset: number };
  }[];
}

/** Positions that the mapping sends again after this invocation, as far as it said something. */
export function unsettledIn({ end, sent }: Invocation): readonly string[] {
  if (end === undefined) return [];
  if (end.kind !== 'answered') return sent;
  const { batchItemFailures }: Response = JSON.parse(end.payload);
  return batchItemFailures.map(({ itemIdentifier: { partition, offset } }) => `${partition}@${offset}`);
}

export const endText = ({ end }: Invocation): string =>
  end === undefined ? 'open' : end.kind === 'answered' ? `answered ${end.payload}` : end.kind;
