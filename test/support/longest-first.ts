import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The stories compute on all cores, and need no engines, which may still be installed. The others take longer than a quarter of a minute
 * on a quiet machine, the longest first. Vitest goes through the projects by their names, and in a fresh clone through the files by their
 * sizes: the last file to begin would be one of these.
 */
export const LONGEST: readonly string[] = [
  'test/simulation/simulation.test.ts',
  'test/long/connector-strategies.test.ts',
  'test/long/faults-one-by-one.test.ts',
  'test/system/faults/session-items.test.ts',
  'test/system/deploy.test.ts',
  'test/system/pipeline.test.ts',
  'test/integration/msk-trigger-registry.test.ts',
  'test/long/console.test.ts',
  'test/integration/schema-registry.test.ts',
  'test/long/session-rewind.test.ts',
  'test/system/dead-letters.test.ts',
  'test/system/first-deploy.test.ts',
  'test/integration/documentdb-connections.test.ts',
  'test/integration/kinesis-sink-faults.test.ts',
  'test/integration/settings/documentdb-sink-settings.test.ts',
  'test/system/connector-checks.test.ts',
  'test/long/refused-entries.test.ts',
  'test/simulation/events.test.ts',
  'test/system/first-record.test.ts',
  'test/system/invoke-local.test.ts',
  'test/system/large-event.test.ts',
  'test/system/migration.test.ts',
];

/** Begins the longest files first, whatever project they are of. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rest = await super.sort(files);
    const root = this.ctx.config.root;
    return rest.toSorted(
      (a, b) => groupOf(a) - groupOf(b) || rankOf(relative(root, a.moduleId)) - rankOf(relative(root, b.moduleId)),
    );
  }
}

const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;

const rankOf = (file: string): number => {
  const rank = LONGEST.indexOf(file);
  return rank === -1 ? LONGEST.length : rank;
};
