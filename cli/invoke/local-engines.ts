import { join } from 'node:path';
import { claim } from '../../local/claim.ts';
import { type Endpoints, writeEndpoints } from '../../local/engines/endpoints.ts';
import { startEngines } from '../../local/engines/engines.ts';
import { runningEngines } from '../../local/engines/running.ts';
import type { LocalStage } from '../../local/local-stage.ts';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';

const LOCAL_FOLDER = join(PROJECT_ROOT, '.local');
const ENDPOINTS_FILE = join(LOCAL_FOLDER, 'endpoints.json');
const LOCK = join(LOCAL_FOLDER, 'run.pid');

export interface UsedEngines {
  readonly endpoints: Endpoints;
  /** `npm start` runs them, and writes to the targets. */
  readonly areShared: boolean;
  /** Stops what this process started. */
  release(): Promise<void>;
}

/** The engines of `npm start` if it runs in this folder, or else new ones. */
export async function useEngines({ resources }: LocalStage, progress: (line: string) => void): Promise<UsedEngines> {
  const running = await runningEngines(LOCAL_FOLDER);
  if (running !== undefined) return { endpoints: running, areShared: true, release: () => Promise.resolve() };
  const unclaim = await claim(LOCK);
  try {
    const engines = await startEngines({ folder: join(LOCAL_FOLDER, 'run'), resources, progress });
    await writeEndpoints(ENDPOINTS_FILE, engines.endpoints);
    return {
      endpoints: engines.endpoints,
      areShared: false,
      release: () => engines.stop().finally(unclaim),
    };
  } catch (error) {
    await unclaim();
    throw error;
  }
}
