import { parse, YAMLParseError } from 'yaml';
import type { Surroundings } from './project-files.ts';

/** A stage as it is written: nothing is validated yet. */
export interface WrittenStage {
  /** The path of the stage file, from the project's root. */
  readonly name: string;
  /** The service in serverless.yml. */
  readonly service: string;
  readonly written: unknown;
}

/** @throws Error that names the file, the line and the remedy */
export function readWrittenStage(stage: string, { readFile }: Pick<Surroundings, 'readFile'>): WrittenStage {
  const name = `config/${stage}.yml`;
  const text = readFile(name);
  if (text === undefined) throw new Error(`${name} does not exist: choose another stage with --stage`);
  const written = parseStageText(text, name);
  if (written === null) throw new Error(`${name} is empty: config/dev.yml is an example`);
  const framework = parseStageText(readFile('serverless.yml') ?? '', 'serverless.yml') as { service?: unknown } | null;
  return { name, service: String(framework?.service), written };
}

/**
 * Reads YAML as the framework does, which merges keys (`<<`).
 * @returns null where there is nothing but comments
 * @throws Error that names the file and the line; never what stands there, because a text may be a secret
 */
export function parseStageText(text: string, name: string): unknown {
  try {
    return parse(text, { merge: true, logLevel: 'error' });
  } catch (error) {
    const [place] = (error instanceof YAMLParseError && error.linePos) || [];
    const line = place === undefined ? '' : `, line ${place.line}, column ${place.col}`;
    const why = error instanceof YAMLParseError ? error.code : 'an alias without its anchor';
    throw new Error(`${name}${line} is no YAML (${why}): correct this place`);
  }
}
