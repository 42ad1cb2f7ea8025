import { useState } from 'preact/hooks';
import type { Act } from '../../acts/act.ts';
import type { ConsoleView } from '../../state/view.ts';
import { act } from '../api.ts';
import { ActButton } from '../button.tsx';
import { clockTime } from '../format.ts';

/** Faults and records that the user sends, and what happened. */
export function Controls({ view }: { readonly view: ConsoleView }) {
  return (
    <section class="panel controls" aria-labelledby="controls-title">
      <h2 id="controls-title">Try to lose a record</h2>
      <p class="aside">Stop an engine or kill a function in the picture above, or choose a fault here.</p>
      <div class="control">
        <span class="control-name">Records</span>
        <ActButton act={{ kind: 'produce', count: 1_000 }}>Produce 1,000</ActButton>
      </div>
      <Poison view={view} />
      <Faults view={view} />
      <Reading view={view} />
      <Rule view={view} />
      <Notes view={view} />
    </section>
  );
}

type PoisonKind = Extract<Act, { kind: 'poison' }>['poison'];

const POISON: readonly (readonly [PoisonKind, string])[] = [
  ['refused', 'refused by a rule of the collection'],
  ['notJson', 'a value that is no JSON'],
  ['noKey', 'no key, so no document'],
  ['oversized', 'too large for Kinesis'],
];

function Poison({ view }: { readonly view: ConsoleView }) {
  const [poison, setPoison] = useState<PoisonKind>(view.controls.whyNoRule === undefined ? 'refused' : 'notJson');
  return (
    <div class="control">
      <label class="control-name" for="poison">
        Poison record
      </label>
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

const STEPS = [0, 0.1, 0.3, 0.6, 0.9];

function Faults({ view }: { readonly view: ConsoleView }) {
  const { throttledShare, refusedShare, whyNoRefusals } = view.controls;
  return (
    <>
      <Share
        id="throttled"
        name="Kinesis throttles"
        unit="of the requests"
        share={throttledShare}
        actOf={(share) => ({ kind: 'faults', throttledShare: share, refusedShare })}
      />
      <Share
        id="refused"
        name="Kinesis refuses"
        unit="of the entries"
        share={refusedShare}
        why={whyNoRefusals}
        actOf={(share) => ({ kind: 'faults', throttledShare, refusedShare: share })}
      />
    </>
  );
}

interface ShareProps {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly share: number;
  /** Why the share cannot be set. */
  readonly why?: string | undefined;
  readonly actOf: (share: number) => Act;
}

function Share({ id, name, unit, share, why, actOf }: ShareProps) {
  return (
    <div class="control">
      <label class="control-name" for={id}>
        {name}
      </label>
      <select
        id={id}
        value={share}
        disabled={why !== undefined}
        aria-describedby={why === undefined ? undefined : `${id}-why`}
        onChange={({ currentTarget }) => void act(actOf(Number(currentTarget.value))).catch(() => undefined)}
      >
        {STEPS.map((step) => (
          <option key={step} value={step}>
            {step === 0 ? 'none' : `${step * 100} %`} {unit}
          </option>
        ))}
      </select>
      {why !== undefined && (
        <p class="aside why" id={`${id}-why`}>
          {why}
        </p>
      )}
    </div>
  );
}

function Reading({ view }: { readonly view: ConsoleView }) {
  const { partialFailureRetry } = view.controls;
  return (
    <fieldset class="control">
      <legend class="control-name">Lambda repeats</legend>
      <div class="choice">
        <Choice
          isOn={partialFailureRetry === 'fromLowest'}
          asked={{ kind: 'retryReading', reading: 'fromLowest' }}
          name="from the lowest"
        />
        <Choice
          isOn={partialFailureRetry === 'listedOnly'}
          asked={{ kind: 'retryReading', reading: 'listedOnly' }}
          name="the listed only"
        />
      </div>
    </fieldset>
  );
}

function Rule({ view }: { readonly view: ConsoleView }) {
  const { isRuleOn, whyNoRule } = view.controls;
  return (
    <fieldset class="control" disabled={whyNoRule !== undefined}>
      <legend class="control-name">Collection’s rule</legend>
      <div class="choice">
        <Choice isOn={!isRuleOn} asked={{ kind: 'rule', isOn: false }} name="off" />
        <Choice isOn={isRuleOn} asked={{ kind: 'rule', isOn: true }} name="refuses" />
      </div>
    </fieldset>
  );
}

interface ChoiceProps {
  readonly isOn: boolean;
  readonly asked: Act;
  readonly name: string;
}

const Choice = ({ isOn, asked, name }: ChoiceProps) => (
  <button type="button" class="option" aria-pressed={isOn} onClick={() => void act(asked).catch(() => undefined)}>
    {name}
  </button>
);

const NOTES_SHOWN = 5;

function Notes({ view }: { readonly view: ConsoleView }) {
  return (
    <div class="notes">
      <h3>What happened</h3>
      <div role="log" aria-label="What happened">
        <ol>
          {view.notes.length === 0 && <li class="aside">Nothing so far: records flow.</li>}
          {view.notes.slice(0, NOTES_SHOWN).map(({ id, atMs, text }) => (
            <li key={id}>
              <time>{clockTime(atMs)}</time> {text}
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
