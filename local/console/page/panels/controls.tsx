import type { Act } from '../../acts/act.ts';
import type { ConsoleView } from '../../state/view.ts';
import { act } from '../api.ts';
import { clockTime } from '../format.ts';

/** Faults and records that the user sends, and what happened. */
export function Controls({ view }: { readonly view: ConsoleView }) {
  return (
    <section class="panel controls" aria-labelledby="controls-title">
      <h2 id="controls-title">Try to lose a record</h2>
      <p class="aside">Stop an engine, kill a function or send poison in the picture above, or choose a fault here.</p>
      <Faults view={view} />
      <Reading view={view} />
      <Rule view={view} />
      <Notes view={view} />
    </section>
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
        actOf={(share) => ({ kind: 'throttle', share })}
      />
      <Share
        id="refused"
        name="Kinesis refuses"
        unit="of the entries"
        share={refusedShare}
        why={whyNoRefusals}
        actOf={(share) => ({ kind: 'refuse', share })}
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
        class="wide"
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

const NOTES_SHOWN = 8;

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
