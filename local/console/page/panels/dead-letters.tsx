import { useEffect, useState } from 'preact/hooks';
import type { LetterView } from '../../acts/dead-letter-desk.ts';
import { ActButton } from '../button.tsx';
import { clockTime, counted } from '../format.ts';
import { useRead } from '../use-read.ts';

/** @param count the functions' own count: the list is read again when it changes */
export function DeadLetters({ count, topic }: { readonly count: number; readonly topic: string }) {
  const [letters, setLetters] = useState<readonly LetterView[]>();
  const [said, setSaid] = useState('');
  const read = useRead<readonly LetterView[]>(setLetters, (error) => setSaid(error.message));
  const load = () => read('dead-letters');
  useEffect(load, [count]);
  const done = (text: string) => {
    setSaid(text);
    load();
  };
  const openCount = letters?.filter(({ isSettled }) => !isSettled).length ?? 0;
  return (
    <div class="browse">
      <div class="search">
        <p class="aside" role="status">
          {said ||
            (letters === undefined
              ? ''
              : `${counted(openCount, 'dead letter')} open, ${letters.length - openCount} settled by a redrive`)}
        </p>
        <ActButton act={{ kind: 'redrive', key: null }} disabled={openCount === 0} onDone={done}>
          Redrive all
        </ActButton>
      </div>
      <ul class="letters">
        {letters?.map(({ key, sink, partition, offset, code, reason, atMs, isSettled }) => (
          <li key={key} data-letter={`${partition}@${offset}`}>
            <div>
              <p>
                <span class="code">{`${topic}-${partition}@${offset}`}</span> <b>{sink}</b> {clockTime(atMs)}
              </p>
              <p class={isSettled ? 'aside' : 'cause'}>
                {code}: {reason}
              </p>
            </div>
            {isSettled ? (
              <span class="state state-settled">settled</span>
            ) : (
              <ActButton
                act={{ kind: 'redrive', key }}
                label={`Redrive ${topic}-${partition}@${offset} of ${sink}`}
                onDone={done}
              >
                Redrive
              </ActButton>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
