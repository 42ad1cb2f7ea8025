import type { Row } from './job.ts';

const HEAD = ['measured', 'ours', 'peer', 'theirs', 'ratio', 'reach', 'reached'];

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  return [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellsOf(row: Row): readonly string[] {
  const shown = (figure: number) => `${figure.toFixed(figure < 1_000 ? 1 : 0)} ${row.unit}`;
  const ratio = row.ours / row.theirs;
  return [
    row.what,
    shown(row.ours),
    row.peer,
    shown(row.theirs),
    `${ratio.toFixed(2)} x`,
    reachOf(row),
    isReached(row) ?? '',
  ].map(String);
}

function reachOf({ reach }: Row): string {
  if (reach === undefined) return '';
  return 'atMost' in reach ? `<= ${reach.atMost} x` : `>= ${reach.atLeast} x`;
}

/** Undefined: nothing was to be reached. */
export function isReached({ ours, theirs, reach }: Row): 'yes' | 'no' | undefined {
  if (reach === undefined) return undefined;
  const ratio = ours / theirs;
  return ('atMost' in reach ? ratio <= reach.atMost : ratio >= reach.atLeast) ? 'yes' : 'no';
}
