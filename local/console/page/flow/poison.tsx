import { useState } from 'preact/hooks';
import type { Act } from '../../acts/act.ts';
import type { ConsoleView } from '../../state/view.ts';
import { ActButton } from '../button.tsx';

type PoisonKind = Extract<Act, { kind: 'poison' }>['poison'];

const POISON: readonly (readonly [PoisonKind, string])[] = [
  ['refused', 'refused by a rule'],
  ['notJson', 'not JSON'],
  ['noKey', 'no key'],
  ['oversized', 'too large for Kinesis'],
];

/** Sends a record that cannot be written. */
export function Poison({ view }: { readonly view: ConsoleView }) {
  const [poison, setPoison] = useState<PoisonKind>(view.controls.whyNoRule === undefined ? 'refused' : 'notJson');
  return (
    <div class="poison">
      <label for="poison">Poison record</label>
      <select id="poison" value={poison} onChange={({ currentTarget }) => setPoison(currentTarget.value as PoisonKind)}>
        {POISON.map(([kind, name]) => (
          <option key={kind} value={kind} disabled={kind === 'refused' && view.controls.whyNoRule !== undefined}>
            {name}
          </option>
        ))}
      </select>
      <ActButton act={{ kind: 'poison', poison }} label="Send the poison record">
        Send
      </ActButton>
    </div>
  );
}
