import { useEffect, useState } from 'preact/hooks';
import type { ConsoleView, Sample } from '../state/view.ts';

/** What the server has sent so far. */
export interface Live {
  readonly view: ConsoleView | undefined;
  readonly samples: readonly Sample[];
  readonly isConnected: boolean;
}

const SAMPLES_MAX = 600;

/** Listens to the server's events; the browser connects again by itself. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ view: undefined, samples: [], isConnected: false });
  useEffect(() => {
    const source = new EventSource('events');
    source.addEventListener('history', ({ data }) => {
      setLive((last) => ({ ...last, samples: JSON.parse(data), isConnected: true }));
    });
    source.addEventListener('view', ({ data }) => {
      const view: ConsoleView = JSON.parse(data);
      setLive(({ samples }) => ({ view, samples: withSample(samples, view.sample), isConnected: true }));
    });
    source.addEventListener('error', () => setLive((last) => ({ ...last, isConnected: false })));
    return () => source.close();
  }, []);
  return live;
}

const withSample = (samples: readonly Sample[], sample: Sample | undefined): readonly Sample[] =>
  sample === undefined || sample.atMs <= (samples.at(-1)?.atMs ?? 0)
    ? samples
    : [...samples, sample].slice(-SAMPLES_MAX);
