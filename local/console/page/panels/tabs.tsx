import { useState } from 'preact/hooks';
import type { ConsoleView } from '../../state/view.ts';
import { DeadLetters } from './dead-letters.tsx';
import { Documents } from './documents.tsx';
import { Find } from './find.tsx';
import { Invocations } from './invocations.tsx';
import { Partitions } from './partitions.tsx';
import { Shards } from './shards.tsx';

const TABS = [
  ['invocations', 'Invocations'],
  ['partitions', 'Partitions'],
  ['find', 'Find a record'],
  ['documents', 'Documents'],
  ['shards', 'Shards'],
  ['dead-letters', 'Dead letters'],
] as const;

type TabName = (typeof TABS)[number][0];

/** https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ */
export function Tabs({ view }: { readonly view: ConsoleView }) {
  const [chosen, setChosen] = useState<TabName>('invocations');
  const index = TABS.findIndex(([name]) => name === chosen);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const [name] = TABS[(index + step + TABS.length) % TABS.length] ?? TABS[0];
    setChosen(name);
    document.getElementById(`tab-${name}`)?.focus();
  };
  const letterCount = view.sinks.reduce((sum, { deadLetteredCount }) => sum + deadLetteredCount, 0);
  return (
    <section class="panel tabs">
      <div class="tab-list" role="tablist" aria-label="Details" onKeyDown={move}>
        {TABS.map(([name, title]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === chosen}
            aria-controls="tab-panel"
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => setChosen(name)}
          >
            {title}
            {name === 'dead-letters' && letterCount > 0 && <span class="badge">{letterCount}</span>}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${chosen}`}>
        <Panel name={chosen} view={view} letterCount={letterCount} />
      </div>
    </section>
  );
}

interface PanelProps {
  readonly name: TabName;
  readonly view: ConsoleView;
  readonly letterCount: number;
}

function Panel({ name, view, letterCount }: PanelProps) {
  switch (name) {
    case 'invocations':
      return <Invocations view={view} />;
    case 'partitions':
      return <Partitions view={view} />;
    case 'find':
      return <Find topic={view.topic} />;
    case 'documents':
      return <Documents />;
    case 'shards':
      return <Shards view={view} />;
    case 'dead-letters':
      return <DeadLetters count={letterCount} topic={view.topic} />;
  }
}
