import { copyOfText } from '../../bson/text-copy.ts';
import type { Zone } from '../text/parsed.ts';

const DAY_MS = 86_400_000;
const FORMATS_MAX = 200;

/** Formats by zone name; undefined if there is no such zone. Bounded, because names come from records. */
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  if (formats.has(name)) return formats.get(name);
  if (formats.size >= FORMATS_MAX) formats.clear();
  const format = newFormat(name);
  formats.set(copyOfText(name), format);
  return format;
}

function newFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    const fields = { era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    const times = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
    const format = new Intl.DateTimeFormat('en-US', { timeZone, ...fields, ...times });
    // Unlike JavaScript, Java distinguishes upper and lower case in zone names.
    const { timeZone: found } = format.resolvedOptions();
    return found !== timeZone && found.toLowerCase() === timeZone.toLowerCase() ? undefined : format;
  } catch {
    // A RangeError means that there is no such zone.
    return undefined;
  }
}

/** Whether the tz database has a zone or a link with this name. https://www.iana.org/time-zones */
export const isZone = (name: string): boolean => formatOf(name) !== undefined;

/**
 * The instant of a local time in a zone, both in milliseconds. As in Java, the earlier one of two instants is used, and
 * a local time that a clock skips moves forward by the length of the gap.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/ZonedDateTime.html
 */
export function instantOf(localMs: number, zone: Zone): number {
  if (typeof zone === 'number') return localMs - zone * 1000;
  const [before, after] = [offsetMsAt(localMs - DAY_MS, zone), offsetMsAt(localMs + DAY_MS, zone)];
  if (before === after || offsetMsAt(localMs - before, zone) === before) return localMs - before;
  return offsetMsAt(localMs - after, zone) === after ? localMs - after : localMs - before;
}

function offsetMsAt(instantMs: number, name: string): number {
  const parts = new Map(
    formatOf(name)
      ?.formatToParts(instantMs)
      .map(({ type, value }) => [type, value]) ?? [],
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? 0);
  const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year');
  const local = localMsOf(year, part('month'), part('day'));
  const time = (part('hour') * 3600 + part('minute') * 60 + part('second')) * 1000;
  return local + time - Math.floor(instantMs / 1000) * 1000;
}

/** The midnight of a date in milliseconds, without a zone; NaN outside the range of JavaScript dates. */
export const localMsOf = (year: number, month: number, day: number): number =>
  new Date(0).setUTCFullYear(year, month - 1, day);
