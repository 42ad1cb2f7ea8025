import { perSecond } from '../format.ts';

export interface PipeProps {
  /** Records a second. */
  readonly rate: number;
  readonly state: 'open' | 'holding' | 'away';
  readonly title: string;
}

const DOTS = [0, 1, 2];
/** A dot's way takes this long at a low rate, and this long at a high one. */
const SLOW_SECONDS = 3;
const FAST_SECONDS = 0.8;

/** A line on which dots move as fast as records do. */
export function Pipe({ rate, state, title }: PipeProps) {
  const moves = rate > 0 && state === 'open';
  const seconds = Math.max(FAST_SECONDS, SLOW_SECONDS - Math.log10(1 + rate));
  return (
    <div class={`pipe ${state}`}>
      <span class="pipe-rate">
        {state === 'open' ? (
          <>
            <b>{perSecond(rate)}</b>/s
          </>
        ) : state === 'away' ? (
          'stopped'
        ) : (
          'held'
        )}
      </span>
      <span class="pipe-line" aria-hidden="true">
        {moves &&
          DOTS.map((dot) => (
            <i
              key={dot}
              style={{ animationDuration: `${seconds}s`, animationDelay: `${(-seconds * dot) / DOTS.length}s` }}
            />
          ))}
      </span>
      <span class="visually-hidden">{title}</span>
    </div>
  );
}
