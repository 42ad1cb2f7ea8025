import { parseSoundly } from '../../infra/stage-file/parse-soundly.ts';
import type { Surroundings } from '../../infra/stage-file/project-files.ts';
import { stageFile } from '../../infra/stage-file/stage-file.ts';
import { readWrittenStage } from '../../infra/stage-file/written-stage.ts';

/** Where a stage writes, as far as a smoke test must know it. */
export interface SmokeTargets {
  readonly kinesisSink: boolean;
  /** `kinesisSink.partitionKeyPointer` */
  readonly pointer: string | undefined;
  readonly documentdbSink:
    | { readonly kind: 'none' }
    /** A connector file decides which records are documents. */
    | { readonly kind: 'connector'; readonly path: string }
    /** @property collection undefined: the topic's name */
    | { readonly kind: 'native'; readonly database: string; readonly collection: string | undefined };
}

/** @throws Error where there is no such stage file */
export function smokeTargets(stage: string, surroundings: Surroundings): SmokeTargets {
  const { written } = readWrittenStage(stage, surroundings);
  const { kinesisSink, documentdbSink } = parseSoundly(stageFile, written).sound;
  return {
    kinesisSink: kinesisSink !== undefined,
    pointer: kinesisSink?.partitionKeyPointer,
    documentdbSink: documentsOf(documentdbSink),
  };
}

interface Section {
  readonly connector?: string | undefined;
  readonly database?: string | undefined;
  readonly collection?: string | undefined;
}

function documentsOf(section: Section | undefined): SmokeTargets['documentdbSink'] {
  if (section === undefined) return { kind: 'none' };
  const { connector, database = '<database>', collection } = section;
  return connector === undefined ? { kind: 'native', database, collection } : { kind: 'connector', path: connector };
}
