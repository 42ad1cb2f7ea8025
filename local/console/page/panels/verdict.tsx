import type { ConsoleView, VerdictState } from '../../state/view.ts';
import { clockTime, counted } from '../format.ts';

const MARKS: Readonly<Record<VerdictState, string>> = { pending: '…', holds: '✓', waits: '–', broken: '✕' };
const WORDS: Readonly<Record<VerdictState, string>> = {
  pending: 'pending',
  holds: 'holds',
  waits: 'cannot be read now',
  broken: 'failed',
};

/** Without figures: a screen reader speaks when the verdict changes, not each second. */
const SPOKEN: Readonly<Record<VerdictState, string>> = {
  pending: 'The first check is under way',
  holds: 'The checks hold: nothing is lost',
  waits: 'A part cannot be checked now',
  broken: 'A check failed',
};

/** The checker's verdict: it stays in view. */
export function Verdict({ view }: { readonly view: ConsoleView }) {
  const { state, headline, checks, checkedAtMs } = view.verdict;
  return (
    <details class={`verdict verdict-${state}`} data-verdict={state}>
      <summary>
        <span class="mark" aria-hidden="true">
          {MARKS[state]}
        </span>
        <span class="headline">{headline}</span>
        <span class="visually-hidden" role="status">
          {SPOKEN[state]}
        </span>
        <span class="verdict-aside">
          {checkedAtMs !== undefined && `${counted(checks.length, 'check')}, ${clockTime(checkedAtMs)}`}
        </span>
      </summary>
      <ul class="checks">
        {checks.map(({ name, state: own, detail }) => (
          <li key={name} class={`check check-${own}`}>
            <span class="mark" aria-hidden="true">
              {MARKS[own]}
            </span>
            <span>
              {name} <span class="visually-hidden">{WORDS[own]}</span>
            </span>
            <span class="check-detail">{detail}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
