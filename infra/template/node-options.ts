import type { SinkName } from '../sinks.ts';

/** Half of the young generation of documentdbSink: docs/decisions/0021-old-generation.md */
const SEMI_SPACE_MB = 32;

/**
 * The options of Node. Lambda's runtime sizes both generations of the heap, but neither if one of them is named here: so both are.
 * https://nodejs.org/docs/latest-v24.x/api/cli.html#--max-semi-space-sizesize-in-mib
 */
export function nodeOptionsOf(sink: SinkName, memoryMb: number): string {
  const sourceMaps = '--enable-source-maps';
  if (sink === 'kinesisSink') return sourceMaps;
  const oldSpaceMb = memoryMb - Math.floor(memoryMb / 10);
  return `${sourceMaps} --max-semi-space-size=${SEMI_SPACE_MB} --max-old-space-size=${oldSpaceMb}`;
}
