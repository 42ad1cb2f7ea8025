import type { Check } from '../../orders/checks.ts';
import type { CheckView, VerdictState, VerdictView } from './view.ts';

/** The result of a check of what the functions have settled. */
export interface Checked {
  readonly atMs: number;
  readonly checks: readonly Check[];
  /** What could not be read, as a row of its own. */
  readonly unread: readonly Pick<CheckView, 'name' | 'detail'>[];
}

/** @param waitingCount how many records wait in Kafka, of the function that is further behind */
export function verdictView(checked: Checked | undefined, waitingCount: number): VerdictView {
  if (checked === undefined) {
    return { state: 'pending', headline: 'The first check is under way', checkedAtMs: undefined, checks: [] };
  }
  const checks = [
    ...checked.checks.map(
      ({ name, passed, detail }): CheckView => ({ name, detail, state: passed ? 'holds' : 'broken' }),
    ),
    ...checked.unread.map((row): CheckView => ({ ...row, state: 'waits' })),
  ];
  const state = stateOf(checks);
  return { state, headline: headlineOf(state, checks, waitingCount), checkedAtMs: checked.atMs, checks };
}

const stateOf = (checks: readonly CheckView[]): CheckView['state'] =>
  (['broken', 'waits'] as const).find((state) => checks.some((check) => check.state === state)) ?? 'holds';

function headlineOf(state: VerdictState, checks: readonly CheckView[], waitingCount: number): string {
  const brokenCount = checks.filter((check) => check.state === 'broken').length;
  const waiting = `${waitingCount.toLocaleString('en-US')} ${waitingCount === 1 ? 'record waits' : 'records wait'} in Kafka`;
  if (state === 'broken') return brokenCount === 1 ? 'A check failed' : `${brokenCount} checks failed`;
  if (state === 'waits') return `Nothing is lost as far as can be read; ${waiting}`;
  return waitingCount === 0 ? 'Nothing is lost: every record has arrived' : `Nothing is lost; ${waiting}`;
}
