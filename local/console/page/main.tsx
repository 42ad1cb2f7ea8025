import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/page.css';
import './styles/verdict.css';
import './styles/flow.css';
import './styles/narrow-flow.css';
import './styles/panels.css';
import './styles/details.css';
import { render } from 'preact';
import { Flow } from './flow/flow.tsx';
import { duration } from './format.ts';
import { useLive } from './live.ts';
import { Charts } from './panels/charts.tsx';
import { Controls } from './panels/controls.tsx';
import { Tabs } from './panels/tabs.tsx';
import { Verdict } from './panels/verdict.tsx';

function App() {
  const { view, samples, isConnected } = useLive();
  return (
    <>
      <header class="top">
        <h1>msk-sinks console</h1>
        <p class="top-aside">
          {view !== undefined && <span class="elapsed">{duration(view.elapsedMs)}</span>}
          <span class={`link ${isConnected ? 'is-live' : 'is-lost'}`} role="status">
            {isConnected ? 'live' : 'no connection: npm start has ended, or starts'}
          </span>
        </p>
      </header>
      {view !== undefined && (
        <>
          <Verdict view={view} />
          <main>
            <Flow view={view} />
            <div class="columns">
              <Charts samples={samples} />
              <Controls view={view} />
            </div>
            <Tabs view={view} />
          </main>
        </>
      )}
    </>
  );
}

const place = document.getElementById('app');
if (place !== null) render(<App />, place);
