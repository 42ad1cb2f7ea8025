import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Entry } from '../../../functions/documentdb-sink/connector/file/properties-file.ts';
import { readConnectorFile } from '../../../infra/connector-file/read-connector-file.ts';
import { decodeText } from '../../../infra/stage-file/decode-text.ts';
import type { Question } from './judge/start-judge.ts';
import { type CaseRecord, placed, readLines } from './records.ts';
import type { Split } from './splits.ts';

/** A connector's file and its records. */
export interface ParityCase {
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly settings: Question['settings'];
  readonly records: readonly CaseRecord[];
  /** The differences that are on purpose. */
  readonly expected: readonly ExpectedDifference[];
  /** With changed records an expected difference may be missing. */
  readonly isMutated?: boolean;
}

/** A difference on purpose, as the comparison says it, and the line of docs/migrating.md that names it. */
export interface ExpectedDifference {
  readonly difference: string;
  readonly documented: string;
  /** Only where records are delivered so. */
  readonly split?: Split;
}

const CONNECTOR_FILE = /^(.+)\.(?:properties|json|ya?ml|tf|sql)$/;
const EXPECTED = '.differences.json';

/** @throws Error that names what is wrong with a file */
export async function readCase(connectorFile: string, recordsFile: string, expectedFile?: string): Promise<ParityCase> {
  const text = decodeText(await readFile(connectorFile));
  const expected = expectedFile === undefined ? [] : (JSON.parse(await readFile(expectedFile, 'utf8')) as never);
  return { ...caseOf(basename(connectorFile), text, await readFile(recordsFile, 'utf8')), expected };
}

/** @param name of the connector's file: its ending is used */
export function caseOf(name: string, text: string, recordsText: string): ParityCase {
  const { entries, faults, container } = readConnectorFile(text, name);
  if (faults.length > 0) throw new Error(`${name}: ${faults.map(({ problem }) => problem).join('; ')}`);
  const lines = readLines(recordsText);
  const topics = entries.findLast((entry) => entry.name === 'topics')?.value.split(',') ?? [];
  const isProperties = container === undefined && !/\.json$/i.test(name) && !/^\uFEFF?\s*\{/.test(text);
  const properties = Object.fromEntries(entries.map((entry) => [entry.name, entry.value]));
  return {
    name,
    entries,
    settings: isProperties ? { text: text.replace(/^\uFEFF/, '') } : { properties },
    records: placed(lines, topics[0]?.trim() || (lines[0]?.topic ?? 'records')),
    expected: [],
  };
}

/** The pairs NAME.properties (or another form of file) and NAME.jsonl of a folder, by name. */
export async function readFolder(folder: string): Promise<readonly ParityCase[]> {
  const names = (await readdir(folder)).toSorted();
  const pairs = names.flatMap((file) => {
    const name =
      file.endsWith(EXPECTED) || file.endsWith('.expected.json') ? undefined : CONNECTOR_FILE.exec(file)?.[1];
    return name !== undefined && names.includes(`${name}.jsonl`) ? [{ name, file }] : [];
  });
  return await Promise.all(
    pairs.map(({ name, file }) =>
      readCase(
        join(folder, file),
        join(folder, `${name}.jsonl`),
        names.includes(name + EXPECTED) ? join(folder, name + EXPECTED) : undefined,
      ),
    ),
  );
}
