import { decodeEvent } from '../../shared/event.ts';
import type { SourceRecord } from '../../shared/record.ts';

const OFFSET_DIGITS = 20;

/**
 * The lines that tell what an event left, where `npm start` writes to the same targets: those that show a key, a value or the dead
 * letter of the event, and the number of the others.
 * @param lines of `watchTarget`
 */
export function ownLines(lines: readonly string[], event: unknown): readonly string[] {
  const records = recordsOf(event);
  const own = lines.filter((line) => records.some((record) => shows(line, record)));
  const otherCount = lines.length - own.length;
  if (otherCount === 0) return own;
  return [...own, `and ${otherCount} of others: npm start writes to the same target`];
}

/** A function says itself what is wrong with an event. */
function recordsOf(event: unknown): readonly SourceRecord[] {
  try {
    return decodeEvent(event).flatMap(({ records }) => records);
  } catch {
    return [];
  }
}

function shows(line: string, { key, value, position: { topic, partition, offset } }: SourceRecord): boolean {
  const letter = `/${topic}/${partition}/${String(offset).padStart(OFFSET_DIGITS, '0')}-`;
  if (line.includes(letter)) return true;
  const [keyText, valueText] = [key, value].map((payload) => payload?.bytes().toString() ?? '');
  if (keyText !== '' && (line.includes(` ${keyText} `) || line.includes(JSON.stringify(keyText)))) return true;
  return valueText !== '' && line.endsWith(` ${valueText}`);
}
