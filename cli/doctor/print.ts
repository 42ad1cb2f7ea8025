import type { Finding, Status } from './finding.ts';

const WORDS: Readonly<Record<Status, string>> = { ok: 'ok', warning: 'warning', failed: 'FAILED' };
const COLORS: Readonly<Record<Status, string>> = { ok: '\u001b[32m', warning: '\u001b[33m', failed: '\u001b[31m' };
const PLAIN = '\u001b[0m';

/** A line for each finding, one below for its remedy, and the sum. */
export function tableOf(findings: readonly Finding[], colored: boolean): string {
  const width = Math.max(...findings.map(({ title }) => title.length));
  const paint = (status: Status) => {
    const word = WORDS[status].padEnd(WORDS.warning.length);
    return colored ? `${COLORS[status]}${word}${PLAIN}` : word;
  };
  const indent = ' '.repeat(WORDS.warning.length + width + 4);
  const lines = findings.flatMap(({ title, status, found, remedy }) => [
    `${paint(status)}  ${title.padEnd(width)}  ${found}`,
    ...(remedy === undefined ? [] : [`${indent}-> ${remedy}`]),
  ]);
  const count = (wanted: Status) => findings.filter(({ status }) => status === wanted).length;
  return [...lines, '', `${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed`].join('\n');
}
