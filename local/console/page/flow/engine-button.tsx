import type { EngineView } from '../../state/view.ts';
import { ActButton } from '../button.tsx';

/** Stops an engine, or starts it again. */
export function EngineButton({ engine: { name, title, isAway, isChanging } }: { readonly engine: EngineView }) {
  const verb = isAway ? 'Start' : 'Stop';
  return (
    <ActButton
      act={{ kind: 'engine', engine: name, isAway: !isAway }}
      label={`${verb} ${title}`}
      disabled={isChanging}
      tone={isAway ? 'main' : 'plain'}
    >
      {isChanging ? (isAway ? 'Starting' : 'Stopping') : verb}
    </ActButton>
  );
}
